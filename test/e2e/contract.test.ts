import { existsSync, readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackage, NODE_TYPES, type Project } from './installed-package.js';

// Beside the repository, where it is there at all: the contract is not part of the package.
const CONTRACT = new URL('../../../shared/contract/', import.meta.url);

const NAMES = [
  'CredsealError',
  'KeyRing',
  'TotpSecret',
  'VaultKey',
  'isSealed',
  'openEntry',
  'openValue',
  'parseSealed',
  'rotateEntry',
  'sealEntry',
  'sealValue',
  'toCurl',
  'toUpdate',
  'vaultRequests',
];

const CONSUMER = `
  import { CredsealError, openEntry, sealEntry, toCurl, toUpdate, VaultKey, vaultRequests } from 'credseal';
  const key: VaultKey = VaultKey.fromHex('0123456789abcdef'.repeat(4));
  const entry = { permissioned_user_id: 'u', domain: 'https://example.com', password: 'p' };
  const password: string | null | undefined = openEntry(sealEntry(entry, key), key).password;
  const requests = vaultRequests({ apiKey: 'sk', key });
  const shell: string = toCurl(requests.update(toUpdate(openEntry(sealEntry(entry, key), key))));
  export const isOurs = (error: unknown): boolean => error instanceof CredsealError && error.code === 'ERR_OPEN_FAILED';
  export { password, shell };
`;
const KEY_FILE = `
  import { KeyRing, VaultKey } from 'credseal';
  import { protectKeys, type ProtectOptions, unprotectKeys } from 'credseal/key-file';
  const ring = new KeyRing(VaultKey.generate());
  const options: ProtectOptions = { iterations: 300_000 };
  const file: string = await protectKeys(ring, 'passphrase', options);
  const back: KeyRing = await unprotectKeys(await protectKeys(ring.current, 'passphrase'), 'passphrase');
  export { back, file };
`;
const ES2022 = { target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'] };
const resolutions: [string, ts.CompilerOptions][] = [
  ['node16', { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
  ['nodenext', { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext }],
  [
    'bundler',
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    },
  ],
];
const settings: [string, ts.CompilerOptions][] = [
  ["the library ES2022 and Node's types", { ...ES2022, ...NODE_TYPES }],
  [
    'the library ES2022 alone, verbatim modules',
    { ...ES2022, skipLibCheck: true, verbatimModuleSyntax: true },
  ],
  ...resolutions.map(([name, options]): [string, ts.CompilerOptions] => [
    `moduleResolution ${name}`,
    options,
  ]),
];

/** The files of the contract that are due: those whose entry points the package has. */
function contractFiles(): Record<string, string> {
  if (!existsSync(CONTRACT)) return {};
  const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const files = readdirSync(CONTRACT)
    .filter((name) => name.endsWith('.ts'))
    .map((name): [string, string] => [name, readFileSync(new URL(name, CONTRACT), 'utf8')]);
  return Object.fromEntries(
    files.filter(([, text]) =>
      [...text.matchAll(/from 'credseal(\/[\w-]+)?'/g)].every(([, path = '']) => `.${path}` in exports),
    ),
  );
}

let project: Project;
beforeAll(() => {
  project = installPackage();
});
afterAll(() => project?.remove());

describe('the packed package', () => {
  test.each(settings)('has types that compile with %s, as does the contract', (_, options) => {
    // The contract is written for modules that Node resolves, or a bundler.
    const contract = 'moduleResolution' in options ? contractFiles() : {};
    if (existsSync(CONTRACT) && 'moduleResolution' in options)
      expect(Object.keys(contract)).toEqual(expect.arrayContaining(['core.ts', 'preflight.ts']));
    const files = { 'consumer.ts': CONSUMER, 'key-file.ts': KEY_FILE, ...contract };
    const sound = Object.fromEntries(Object.keys(files).map((name) => [name, []]));
    expect(project.compile(files, options)).toEqual(sound);
  });

  test.each([[undefined], ['browser'], ['workerd']])(
    'protects and unprotects keys under the condition %s',
    (condition) => {
      const source = `
      import { VaultKey } from 'credseal';
      import { protectKeys, unprotectKeys } from 'credseal/key-file';
      const key = VaultKey.generate();
      const ring = await unprotectKeys(await protectKeys(key, 'passphrase'), 'passphrase');
      console.log(ring.current.toHex() === key.toHex());`;
      expect(project.run(source, ...(condition ? [`--conditions=${condition}`] : [])).trim()).toBe('true');
    },
  );

  test('exports every value of the contract', () => {
    const exported = project
      .run(`console.log(Object.keys(await import('credseal')).join());`)
      .trim()
      .split(',');
    expect(exported).toEqual(expect.arrayContaining(NAMES));
  });

  test('can be required, too', () => {
    const source = `
      import { createRequire } from 'node:module';
      console.log(typeof createRequire(import.meta.url)('credseal').sealValue);`;
    expect(project.run(source, '--no-warnings').trim()).toBe('function');
  });

  test.each([
    'credseal/dist/index.js',
    'credseal/dist/value/iv.js',
    'credseal/src/index.ts',
    'credseal/entry',
  ])('does not let %s be imported', (path) => {
    const source = `await import('${path}').catch((error) => console.log(error.code));`;
    expect(project.run(source).trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test.each(['browser', 'workerd'])(
    'opens in Node what it sealed under the condition %s, and back',
    (condition) => {
      const entry = { permissioned_user_id: 'u', domain: 'https://example.com', password: 'pässword' };
      const head = `import { openEntry, sealEntry, VaultKey } from 'credseal';
      const key = VaultKey.fromHex('0123456789abcdef'.repeat(4));`;
      const seal = `${head} console.log(JSON.stringify(sealEntry(${JSON.stringify(entry)}, key)));`;
      const open = (payload: string) => `${head} console.log(JSON.stringify(openEntry(${payload}, key)));`;
      const flag = `--conditions=${condition}`;
      expect(JSON.parse(project.run(open(project.run(seal, flag))))).toEqual(entry);
      expect(JSON.parse(project.run(open(project.run(seal)), flag))).toEqual(entry);
    },
  );
});
