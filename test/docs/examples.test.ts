import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as bulk from '../../src/bulk/index.js';
import * as bullmq from '../../src/bullmq/index.js';
import { generateHandoffKeys, sealHandoff } from '../../src/handoff/index.js';
import * as credseal from '../../src/index.js';
import { protectKeys } from '../../src/key-file/index.js';
import * as queues from '../../src/queue/index.js';
import { makeManifest } from '../../src/vault/index.js';
import { account, batch, bytesField, migrationUri } from '../totp/migration-payload.js';

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const { VaultKey, openEntry, sealEntry, sealValue, vaultRequests } = credseal;

/** Every `@example` of a file, with the name of what it is an example of. */
function examplesOf(file: string): { file: string; name: string; code: string }[] {
  const source = readFileSync(`${src}${file}`, 'utf8');
  const comments = source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*?)\*\/\s*(?:export )?(?:static |get |readonly )*(?:class |function |interface |type )?(\w+)/g,
  );
  return Array.from(comments).flatMap(([, comment = '', name = '']) => {
    const code = /\* @example\b([\s\S]*?)(?=\n\s*\* @|$)/.exec(comment)?.[1];
    return code === undefined
      ? []
      : [{ file, name: `${file}: ${name}`, code: code.replaceAll(/^\s*\* ?/gm, '') }];
  });
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  // pg-boss needs a newer Node: what is said of it is run by test/pg-boss/docs.test.ts.
  (file) => file.endsWith('.ts') && !/^(?:cli|pg-boss)/.test(file),
);
const examples = files.flatMap(examplesOf);

// What the examples speak of without saying where it is from.
const key = VaultKey.fromHex('0123456789abcdef'.repeat(4));
const previousKey = VaultKey.generate();
const sealed = sealValue('hunter2', key);
const answer = sealEntry(
  { permissioned_user_id: 'user-1', domain: 'https://example.com', password: 'hunter2' },
  key,
);
const plainEntry = { permissioned_user_id: 'user-1', domain: 'https://example.com', password: 'hunter2' };
const jsonLines = new Blob([`${JSON.stringify(answer)}\n`]);
const csv = new Blob(['name,url,username,password\nPortal,https://example.com/login,ada,hunter2\n']);
const vectors = fileURLToPath(new URL('../../vectors/', import.meta.url));
const keyFile = await protectKeys(key, 'correct horse battery staple');
const { publicJwk, privateJwk } = await generateHandoffKeys();
const token = await sealHandoff(plainEntry, publicJwk, { expiresIn: 600, audience: 'vault-worker' });
const scope = {
  ...credseal,
  ...bulk,
  ...queues,
  ...bullmq,
  key,
  previousKey,
  lastYearsKey: previousKey.toHex(),
  sealed,
  answer,
  entries: [answer],
  manifest: await makeManifest([answer], key),
  response: { json: async () => answer },
  entry: openEntry(answer, key),
  vault: vaultRequests({ apiKey: 'sk_test', key }),
  newPassword: 'correct horse battery staple',
  plainEntry,
  publicJwk,
  privateJwk,
  token,
  job: { id: 'job-1', data: { token, user: plainEntry.permissioned_user_id } },
  // Of queues: what BullMQ has, and what an application knows.
  queue: { add: async () => undefined, addBulk: async () => [] },
  Worker: class {},
  connection: {},
  processor: async () => undefined,
  vaultKey: key,
  handoffKeys: privateJwk,
  session: { userId: 'user-1' },
  user: 'user-1',
  claims: { putIfAbsent: async (_id: string, job: string) => job },
  error: new Error('the vault is away'),
  scrub: () => undefined,
  document: { querySelector: () => new EventTarget() },
  send: () => undefined,
  file: jsonLines,
  request: vaultRequests({ apiKey: 'sk_test', key }).list(),
  scanned: migrationUri(batch(1, 0, -1_206_484_527).concat(bytesField(1, account()))),
  // Vectors: documents by name, the text of one, and what was answered.
  text: '{}',
  answers: new Map(),
  tryThePreviousKey: () => undefined,
  readSecret: async () => new Uint8Array(32),
  fetch: async () => Response.json(answer),
  ring: new credseal.KeyRing(key, [previousKey]),
  keys: key,
  apiKey: 'sk_test',
  ref: { permissioned_user_id: 'user-1', domain: 'https://example.com' },
  mySecrets: new Map([['portal', 'hunter2']]),
  bytes: jsonLines.stream(),
  passphrase: 'correct horse battery staple',
  files: { 'keys.json': JSON.parse(readFileSync(`${vectors}keys.json`, 'utf8')) },
  program: { stdin: { write: () => true } },
  fileURLToPath,
  readFile: async (path: string) => (path === 'keys.jwe' ? keyFile : readFileSync(path, 'utf8')),
  resolve: (name: string) => new URL(name.replace('credseal/', '../../'), import.meta.url).href,
};
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...parameters: string[]
) => (scope: object) => Promise<void>;

/** Turns `expression // 'result'` into a check of it, and TypeScript into JavaScript. */
const withChecks = (code: string) =>
  asScript(code).replaceAll(
    /^(?!const|let|\s|\/)(.+?);? +\/\/ (['"{[\d]\S*.*|true|false)$/gm,
    'same($1, $2);',
  );

const asScript = (code: string) =>
  // A function's body has no import.meta.
  ts.transpile(code.replaceAll('import.meta.resolve', 'resolve'), {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
  });

beforeAll(() => {
  vi.stubEnv('CLOUDCRUISE_ENCRYPTION_KEY', key.toHex());
  vi.stubEnv('CLOUDCRUISE_API_KEY', 'sk_test');
  vi.stubGlobal('fetch', async () => Response.json(answer));
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('the examples in the documentation comments', () => {
  it('are there, and some say what they give', () => {
    expect(examples.length).toBeGreaterThan(15);
    expect(examples.filter(({ code }) => withChecks(code).includes('same(')).length).toBeGreaterThan(5);
  });

  it.each(examples)('$name runs and gives what it says', async ({ file, code }) => {
    const known = {
      ...scope,
      file: file.includes('import') ? csv : jsonLines,
      ...(await import(`${src}${file}`)),
      same: (a: unknown, b: unknown) => expect(a).toEqual(b),
    };
    // `const key = …` in an example is a new one, in a block of its own.
    const names = Object.keys(known).join(', ');
    await new AsyncFunction('known', `const { ${names} } = known;\n{\n${withChecks(code)}\n}`)(known);
  });
});
