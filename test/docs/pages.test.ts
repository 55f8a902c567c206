import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../src/emulator/index.js';
import { KeyRing, sealEntry, VaultKey } from '../../src/index.js';
import { protectKeys } from '../../src/key-file/index.js';
import { installPackage, NODE_TYPES, type Project } from '../e2e/installed-package.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** What is read beside the pages, and has nothing to run. */
const OTHERS = ['SECURITY.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'vectors/README.md'];
const blocksOf = (page: string, language: string) =>
  Array.from(
    read(page).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
    ([, code]) => code ?? '',
  );
const withBlocks = (language: string) => pages.filter((page) => blocksOf(page, language).length > 0);

const API_KEY = 'sk_test';
const PASSPHRASE = 'correct horse battery staple';
const key = VaultKey.generate();
const portal = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
const credentials = { user_name: 'ada', password: 'hunter2', tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' };
const entry = { ...portal, ...credentials, tfa_method: 'AUTHENTICATOR' } as const;
const lines = (...entries: object[]) => entries.map((one) => `${JSON.stringify(one)}\n`).join('');
let project: Project;

beforeAll(() => {
  // An empty project that has the packed package installed, with its command where npm puts it.
  project = installPackage();
  const installed = join(project.directory, 'node_modules', 'credseal');
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  mkdirSync(join(project.directory, 'node_modules', '.bin'));
  symlinkSync(join(installed, bin.credseal), join(project.directory, 'node_modules', '.bin', 'credseal'));
});
afterAll(() => project.remove());

/** A local vault, behind a server that keeps what is sent. */
async function recordedVault() {
  const vault = await startEmulator({ key, apiKey: API_KEY });
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    const { 'cc-key': apiKey = '', 'content-type': type = 'application/json' } = request.headers;
    const headers = { 'cc-key': String(apiKey), 'content-type': type };
    const { method = 'GET', url } = request;
    const answer = await fetch(`${vault.url}${url}`, { method, headers, ...(body === '' ? {} : { body }) });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await vault.close();
  });
  const { port } = server.address() as AddressInfo;
  const env = {
    CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
    CLOUDCRUISE_API_KEY: API_KEY,
    CLOUDCRUISE_BASE_URL: `http://127.0.0.1:${port}`,
  };
  return { env, bodies };
}

/** Runs a script of the shell, in which `credseal` is the installed command; ends at the first command that fails. */
async function inShell(script: string, cwd: string, env: Record<string, string>) {
  const bin = join(project.directory, 'node_modules', '.bin');
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  return run('sh', ['-c', `set -e\n${script}`], { cwd, env: { PATH: path, ...env } });
}

function folderFor(page: string, files: Readonly<Record<string, string>> = {}) {
  const folder = join(project.directory, page.replaceAll(/\W/g, '-'));
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('the pages', () => {
  it('have up-to-date generated parts', async () => {
    await run(process.execPath, [join(root, 'scripts', 'tables.js'), '--check']);
  });

  it('begin with a README of at most 220 lines', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(220);
  });

  it.each([...pages, ...OTHERS])('%s has no dead link', (page) => {
    const anchorsOf = (path: string) =>
      Array.from(read(path).matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
          .replaceAll(' ', '-'),
      );
    const links = Array.from(read(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
    for (const link of links.filter((one) => !one.startsWith('https:'))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      expect(existsSync(join(root, target)), `${page}: ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), `${page}: ${link}`).toContain(anchor);
    }
  });
});

describe('library examples', () => {
  // Those of fleet.md have queues, which test/docs/fleet.test.ts and test/pg-boss/docs.test.ts start.
  it.each(withBlocks('js').filter((page) => page !== 'docs/fleet.md'))(
    '%s: run in order on one local vault, and send no plain text',
    async (page) => {
      const { env, bodies } = await recordedVault();
      for (const [index, code] of blocksOf(page, 'js').entries()) {
        const file = join(folderFor(page), `example-${index + 1}.mjs`);
        writeFileSync(file, code);
        const { stderr } = await run(process.execPath, [file], {
          cwd: dirname(file),
          env: { PATH: process.env.PATH ?? '', ...env },
        });
        expect(stderr, `example ${index + 1}`).toBe('');
      }
      for (const body of bodies) expect(body).not.toMatch(/hunter2|battery/);
    },
  );

  it('compile as TypeScript', () => {
    const files = Object.fromEntries(
      withBlocks('js').flatMap((page) =>
        blocksOf(page, 'js').map((code, index) => [
          `${page.replaceAll(/\W/g, '-')}-${index + 1}.ts`,
          `${code}\nexport {};\n`,
        ]),
      ),
    );
    for (const name of ['bullmq', 'ioredis', 'pg-boss'])
      symlinkSync(join(root, 'node_modules', name), join(project.directory, 'node_modules', name), 'dir');
    // The declarations of engines are theirs; and what a function of a page is given has no type in JavaScript.
    const options = { skipLibCheck: true, noImplicitAny: false };
    const found = project.compile(files, { ...NODE_TYPES, ...options, target: ts.ScriptTarget.ES2022 });
    expect(found).toEqual(Object.fromEntries(Object.keys(files).map((name) => [name, []])));
  });

  it('print what their comments say', async () => {
    const { env } = await recordedVault();
    const [first = ''] = blocksOf('README.md', 'js');
    const file = join(folderFor('first'), 'try.mjs');
    writeFileSync(file, first);
    const { stdout } = await run(process.execPath, [file], { env: { PATH: process.env.PATH ?? '', ...env } });
    expect(stdout).toBe('created hunter2\n');
    // Whoever runs it again is not told of a conflict.
    const again = await run(process.execPath, [file], { env: { PATH: process.env.PATH ?? '', ...env } });
    expect(again.stdout).toBe('unchanged hunter2\n');
  });
});

/** What stands in for a reader's own values. */
const filledIn = (script: string) => script.replaceAll(/^export .*=….*$/gm, '');

describe('examples for the shell', () => {
  const entryJson = { 'entry.json': blocksOf('README.md', 'json')[0] ?? '' };

  it('README: an entry is sealed, sent and read back', async () => {
    const { env, bodies } = await recordedVault();
    const script = blocksOf('README.md', 'sh').find((block) => block.includes('credseal push')) ?? '';
    const { stdout } = await inShell(script, folderFor('readme-shell', entryJson), env);
    expect(stdout).toMatch(/"password": ?"correct horse battery staple"/);
    for (const body of bodies) expect(body).not.toMatch(/battery/);
  });

  it('docs/command-line.md: line by line', async () => {
    const page = 'docs/command-line.md';
    const folder = folderFor(page, {
      'entry.json': blocksOf(page, 'json')[0] ?? '',
      'password.txt': 'hunter2\n',
      'totp-secret.txt': 'JBSW Y3DP EHPK 3PXP\n',
    });
    const screenshot = new URL('../bulk/authenticators/fixtures/screenshot.png', import.meta.url);
    copyFileSync(screenshot, join(folder, 'screenshot.png'));
    const { stdout, stderr } = await inShell(blocksOf(page, 'sh').join(''), folder, {});
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^current {3}[0-9a-f]{16} {2}hex {2}--key-file\n[0-9a-f]{74}\n\{\n/);
    expect(stdout).toMatch(/\n\d{6}\nalgorithm {2}SHA1\n.*\nissuer {5}GitHub\nlabel {6}ada@example\.com\n$/s);
    expect(stdout).not.toContain('battery');
  });

  it('docs/keys.md: a rotation in four commands', async () => {
    const page = 'docs/keys.md';
    const commands = blocksOf(page, 'sh').find((block) => block.includes('credseal rotate')) ?? '';
    expect(commands.match(/^[^#\n]*credseal /gm)).toHaveLength(4);
    const before = /`(credseal payload [^`]*> sealed\.json)`/.exec(read(page))?.[1];
    const script = `credseal key new -o vault.key\n${before}\n${commands}`;
    const { stdout, stderr } = await inShell(script, folderFor(page, entryJson), {
      CREDSEAL_PASSPHRASE: PASSPHRASE,
    });
    expect(stderr).toBe('1 entry: 1 rotated, 0 current already, 0 failed.\n');
    expect(stdout).toBe('1 checked: 0 errors, 0 warnings\n');
  });

  it('docs/form.md: a pair of keys, and a page', async () => {
    const page = 'docs/form.md';
    const folder = folderFor(page);
    const { stderr } = await inShell(blocksOf(page, 'sh').join(''), folder, {});
    const { kid } = JSON.parse(readFileSync(join(folder, 'public.jwk'), 'utf8'));
    expect(stderr).toBe(`The page seals to the key ${kid}.\n`);
    expect(readFileSync(join(folder, 'seal.html'), 'utf8')).toContain('<title>Shop &amp; Co</title>');
  });

  it('docs/preflight.md: line by line', async () => {
    const page = 'docs/preflight.md';
    const sealed = (user: string) =>
      lines(sealEntry({ ...portal, permissioned_user_id: user, password: 'hunter2' }, key));
    const folder = folderFor(page, {
      'payloads.ndjson': `${sealed('a')}${sealed('b')}`,
      'more/one.json': sealed('c'),
      'fixtures/one.json': sealed('d'),
    });
    const { stdout, stderr } = await inShell(blocksOf(page, 'sh').join(''), folder, {
      CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
    });
    expect(stderr).toBe('');
    const [text, start, end, byFour, keyless, notOpened, github, doctor = ''] = stdout.trimEnd().split('\n');
    expect([text, byFour, keyless, github]).toEqual(
      [3, 2, 2, 1].map((count) => `${count} checked: 0 errors, 0 warnings`),
    );
    expect(notOpened).toMatch(/^No key was used/);
    expect(JSON.parse(`${start}${end}`)).toEqual({
      findings: [],
      ok: true,
      opened: true,
      checked: 2,
      errors: 0,
      warnings: 0,
    });
    expect(JSON.parse(doctor)).toMatchObject({ ok: true, keys: [{ fingerprint: key.fingerprint }] });
  });

  it('docs/many-entries.md: seal, check and push', async () => {
    const page = 'docs/many-entries.md';
    const { env, bodies } = await recordedVault();
    const folder = folderFor(page, { 'entries.ndjson': lines(entry) });
    const { stdout, stderr } = await inShell(filledIn(blocksOf(page, 'sh').join('')), folder, env);
    expect(stdout).toContain('1 checked: 0 errors, 0 warnings\n');
    expect(stderr).toMatch(/1 created/);
    for (const body of bodies) expect(body).not.toMatch(/hunter2/);
  });

  it('docs/import.md: line by line', async () => {
    const page = 'docs/import.md';
    const row = 'Portal,https://portal.example.com/login,ada,hunter2\n';
    const folder = folderFor(page, {
      'export.csv': `name,url,username,password\n${row}`,
      'own.csv': 'Site,Login,Secret\nhttps://portal.example.com,ada,hunter2\n',
    });
    const { stdout, stderr } = await inShell(blocksOf(page, 'sh').join(''), folder, {
      CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
    });
    expect(stdout).not.toMatch(/hunter2/);
    expect(stdout).toContain('1 checked: 0 errors, 0 warnings\n');
    expect(stderr).not.toMatch(/hunter2/);
  });

  it('docs/vault.md: what is there, plan and apply, rotation with a receipt, manifests', async () => {
    const page = 'docs/vault.md';
    const { env } = await recordedVault();
    const ring = new KeyRing(key, [VaultKey.generate()]);
    const folder = folderFor(page, {
      'entries.ndjson': lines(
        { ...entry, user_alias: 'Portal' },
        { ...entry, permissioned_user_id: 'user-2' },
      ),
      'keys.jwe': await protectKeys(ring, PASSPHRASE),
    });
    await inShell('credseal payload entries.ndjson | head -n 1 | credseal push -q', folder, env);
    const script = blocksOf(page, 'sh')
      .join('')
      .replace('credseal apply entries.ndjson ', 'credseal apply --yes entries.ndjson ');
    const { stdout } = await inShell(script, folder, { ...env, CREDSEAL_PASSPHRASE: PASSPHRASE });
    expect(stdout).toMatch(/\+ .*user-2/);
    expect(stdout).not.toMatch(/hunter2/);
    expect(JSON.parse(readFileSync(join(folder, 'receipt.json'), 'utf8'))).toMatchObject({
      entries: 2,
      underPreviousKeys: 0,
      unopenable: 0,
    });
  });
});
