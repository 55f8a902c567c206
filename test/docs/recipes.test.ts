import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FINGERPRINT, KEY, OLD_KEY, plaintextOf } from '../cli/sealing.js';
import { installPackage, type Project } from '../e2e/installed-package.js';

const run = promisify(execFile);
const recipes = await readFile(fileURLToPath(new URL('../../docs/recipes.md', import.meta.url)), 'utf8');

/** The code of a section, by its language. */
function blocksOf(section: string, language: string): string[] {
  const text =
    recipes.split(/^#+ /m).find((each) => each.startsWith(section)) ?? expect.fail(`no section ${section}`);
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
  return found.map(([, code = '']) => code);
}
const blockOf = (section: string, language: string, index = 0): string =>
  blocksOf(section, language)[index] ?? expect.fail(`no ${language} in ${section}`);

/**
 * Stand-ins, which answer as the documentation of these programs says: `op read` (1Password CLI 2.30), `bw get`
 * (Bitwarden CLI 2024.9), `aws kms` (AWS CLI 2.17), `gcloud` (Google Cloud SDK 490).
 */
const TOOLS = {
  op: `case "$*" in "read op://Vault/credseal/key") echo ${KEY};;
    "read op://Portals/Example/username") echo ada;; "read op://Portals/Example/password") echo correct-horse;;
    *) echo "[ERROR] could not read secret" >&2; exit 1;; esac`,
  bw: `case "$*" in "get notes credseal-vault-key") printf %s ${KEY};;
    "get username Example Portal") printf %s ada;; "get password Example Portal") printf %s correct-horse;;
    *) printf "Not found." >&2; exit 1;; esac`,
  // Ciphertext is what was given, backwards; text output of bytes is base64.
  aws: `file() { for word; do case "$word" in fileb://*) echo "\${word#fileb://}";; esac; done; }
    case "$1 $2" in "kms encrypt") rev "$(file "$@")" | base64 -w 0; echo;; "kms decrypt") rev "$(file "$@")" | base64 -w 0; echo;; *) exit 252;; esac`,
  gcloud: `case "$*" in "secrets versions access latest --secret=vault-key") printf %s ${KEY};;
    "kms decrypt --location=global --keyring=credseal --key=vault --ciphertext-file=vault.key.gcp --plaintext-file=-") rev vault.key.gcp;;
    *) exit 1;; esac`,
};
/** The part of AWS's client that the recipe uses: Decrypt gives bytes. */
const KMS = `import { readFileSync } from 'node:fs';
export class DecryptCommand { constructor(input) { this.input = input; } }
export class KMSClient { async send({ input }) { return { Plaintext: Uint8Array.from([...input.CiphertextBlob].reverse()) }; } }`;

let project: Project;
let folder: string;
let path: string;

beforeAll(async () => {
  project = installPackage();
  folder = project.directory;
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '.bin'));
  const main = join(
    modules,
    'credseal',
    JSON.parse(await readFile(join(modules, 'credseal/package.json'), 'utf8')).bin.credseal,
  );
  await symlink(main, join(modules, '.bin/credseal'));
  await chmod(main, 0o755);
  for (const [tool, script] of Object.entries(TOOLS))
    await writeFile(join(modules, '.bin', tool), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  await mkdir(join(modules, '@aws-sdk/client-kms'), { recursive: true });
  await writeFile(
    join(modules, '@aws-sdk/client-kms/package.json'),
    '{"type":"module","exports":"./index.js"}',
  );
  await writeFile(join(modules, '@aws-sdk/client-kms/index.js'), KMS);
  path = [join(modules, '.bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
});
afterAll(() => project.remove());

/** Runs a script of the shell in a folder of its own, below the one where the package is installed. */
async function inShell(script: string, env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const cwd = await mkdtemp(join(folder, 'recipe-'));
  for (const [name, content] of Object.entries(files))
    await writeFile(join(cwd, name), content, { mode: 0o600 });
  return run('sh', ['-c', `set -e\n${script}`], { cwd, env: { PATH: path, ...env } });
}

/** Environment variables of a recipe, with the folder that the platform mounts in its place. */
function variablesIn(code: string, pattern: RegExp, mounted: string, here: string): Record<string, string> {
  const found = [...code.matchAll(pattern)].map(([, name = '', value = '']) => [
    name,
    value.replace(mounted, here),
  ]);
  expect(found.length).toBeGreaterThan(0);
  return Object.fromEntries(found);
}

async function mount(files: Record<string, string>): Promise<string> {
  const mounted = await mkdtemp(join(tmpdir(), 'credseal-mount-'));
  for (const [name, content] of Object.entries(files))
    await writeFile(join(mounted, name), content, { mode: 0o444 });
  return mounted;
}

const SHOWN = new RegExp(`^current {3}${FINGERPRINT}  hex  `);

describe('a secret that a platform mounts', () => {
  test('Docker', async () => {
    const code = blockOf('Docker', 'yaml');
    const mounted = await mount({ vault_key: KEY, vault_api_key: 'sk_test' });
    const env = variablesIn(code, /^ {6}(\w+): (\/run\/secrets\/\w+)$/gm, '/run/secrets', mounted);
    expect(Object.keys(env)).toEqual(['CLOUDCRUISE_ENCRYPTION_KEY_FILE', 'CLOUDCRUISE_API_KEY_FILE']);
    const { stdout, stderr } = await inShell('credseal key show && credseal doctor > doctor', env);
    expect(stdout).toMatch(SHOWN);
    expect(stderr).toBe('');
    await rm(mounted, { recursive: true });
  });

  test('Kubernetes', async () => {
    const code = blockOf('Kubernetes', 'yaml');
    const mounted = await mount({ key: KEY, previous: OLD_KEY });
    const env = variablesIn(code, /- name: (\w+)\n +value: (\S+)/g, '/var/run/vault', mounted);
    const { stdout, stderr } = await inShell('credseal key show', env);
    expect(stdout).toMatch(SHOWN);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stderr).toBe('');
    await rm(mounted, { recursive: true });
  });

  test('systemd', async () => {
    const code = blockOf('systemd', 'ini');
    const credentials = Object.fromEntries(
      [...code.matchAll(/^LoadCredential=(\S+):(\S+)$/gm)].map(([, id = '']) => [id, KEY]),
    );
    const mounted = await mount(credentials);
    const env = variablesIn(code, /^Environment=(\w+)=(\S+)$/gm, '%d', mounted);
    const before = /^ExecStartPre=(.+)$/m.exec(code)?.[1] ?? '';
    const { stdout } = await inShell(before, { ...env, CREDENTIALS_DIRECTORY: mounted });
    expect(stdout).toContain(`current, ${FINGERPRINT}, hex, from CLOUDCRUISE_ENCRYPTION_KEY_FILE`);
    await rm(mounted, { recursive: true });
  });

  test('in a service, by loadKeys', async () => {
    const mounted = await mount({ key: `${KEY}\n` });
    const env = { CLOUDCRUISE_ENCRYPTION_KEY_FILE: join(mounted, 'key') };
    const { stdout } = await inShell('node service.mjs', env, {
      'service.mjs': blockOf('Recipes', 'javascript'),
    });
    expect(stdout).toBe(`sealing with VaultKey(${FINGERPRINT})\n`);
    await rm(mounted, { recursive: true });
  });
});

describe('a secret that a program gives', () => {
  test('age', async () => {
    const { stdout } = await inShell(blockOf('age and GnuPG', 'sh'));
    expect(stdout).toMatch(/^current {3}[0-9a-f]{16} {2}hex {2}--key-command\n$/);
  });

  test.each([
    ['1Password', 'entry.json'],
    ['Bitwarden', 'portal.json'],
  ])('%s: key and credentials', async (section, name) => {
    const { stdout, stderr } = await inShell(
      blockOf(section, 'sh'),
      {},
      { [name]: blockOf(section, 'json') },
    );
    expect(stderr).toBe('');
    const { user_name, password } = JSON.parse(stdout);
    expect([user_name, password].map((sealed) => JSON.parse(plaintextOf(sealed)))).toEqual([
      'ada',
      'correct-horse',
    ]);
  });

  test('AWS KMS, by the command line and in a service', async () => {
    const service = { 'service.mjs': blockOf('AWS KMS', 'javascript') };
    const { stdout } = await inShell(
      `${blockOf('AWS KMS', 'sh')}\nnode service.mjs\n[ ! -e plain.key ]`,
      {},
      service,
    );
    const [shown = '', sealing = ''] = stdout.split('\n');
    const fingerprint = /^current {3}([0-9a-f]{16}) {2}hex {2}--key-command$/.exec(shown)?.[1];
    expect(sealing).toBe(`sealing with VaultKey(${fingerprint})`);
  });

  test('Google Cloud', async () => {
    const wrapped = { 'vault.key.gcp': [...KEY].reverse().join('') };
    const { stdout } = await inShell(blockOf('Google Cloud', 'sh'), {}, wrapped);
    expect(stdout.match(new RegExp(FINGERPRINT, 'g'))).toHaveLength(2);
  });
});
