import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackage, type Project } from './installed-package.js';

// Beside the repository, where it is there at all: the contract is not part of the package.
const CONTRACT = new URL('../../../shared/contract/keys.ts', import.meta.url);
/** What the contract says of the hand-off, without the lines on key files. */
const contract = existsSync(CONTRACT)
  ? readFileSync(CONTRACT, 'utf8')
      .replaceAll(/^.*(key-file|protectKeys).*\n/gm, '')
      .replace('void [back, ', 'void [')
  : undefined;

let project: Project;
beforeAll(() => {
  project = installPackage();
});
afterAll(() => project?.remove());

async function bundle(contents: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: project.directory },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { bytes: outputFiles[0]?.contents ?? new Uint8Array(), files: files.map(([path]) => path) };
}

describe('credseal/handoff, installed', () => {
  const name =
    contract === undefined
      ? 'compiles the contract (skipped: ../shared is not here)'
      : 'compiles the contract';
  test.skipIf(contract === undefined)(name, () => {
    expect(contract).toContain('await handoffToVault(');
    expect(project.compile({ 'keys.ts': contract ?? '' })).toEqual({ 'keys.ts': [] });
  });

  test('has the keys of credseal: one class, whichever entry point it comes from', () => {
    const source = `
      import { CredsealError, openEntry, VaultKey } from 'credseal';
      import { generateHandoffKeys, handoffToVault, sealHandoff } from 'credseal/handoff';
      const { publicJwk, privateJwk } = await generateHandoffKeys();
      const vaultKey = VaultKey.generate();
      const entry = { permissioned_user_id: 'u', domain: 'https://example.com', password: 'p' };
      const token = await sealHandoff(entry, publicJwk, { expiresIn: 600 });
      const payload = await handoffToVault(token, { handoffKeys: privateJwk, vaultKey, maxAge: 600 });
      const error = await handoffToVault('', { handoffKeys: privateJwk, vaultKey, maxAge: 600 }).catch((e) => e);
      console.log(openEntry(payload, vaultKey).password, error instanceof CredsealError);`;
    expect(project.run(source)).toBe('p true\n');
  });
});

describe("the front end's half, bundled for a browser", () => {
  test('weighs at most 9 kB, minified and compressed', async () => {
    const { bytes } = await bundle("export { sealHandoff } from 'credseal/handoff'");
    expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(9000);
  });

  test('takes nothing along that it does not need', async () => {
    const { files } = await bundle("export { sealHandoff } from 'credseal/handoff'");
    const ours = files.flatMap((path) => /credseal\/dist\/(.*)$/.exec(path)?.[1] ?? []);
    expect(ours.sort()).toEqual([
      'closest-name.js',
      'entry/json.js',
      'errors.js',
      'handoff/entry-outline.js',
      'handoff/field-names.js',
      'handoff/format.js',
      'handoff/jwk.js',
      'handoff/seal-handoff.js',
      'inspection.js',
      'options.js',
    ]);
    expect(files.filter((path) => !/credseal\/dist|node_modules\/jose\//.test(path))).toEqual([]);
  });

  test('leaves nothing where it is not used', async () => {
    const { bytes } = await bundle("import { openHandoff, sealHandoff } from 'credseal/handoff'");
    expect(bytes).toHaveLength(0);
  });

  test('of credseal itself, nothing of jose', async () => {
    const { files } = await bundle("export * from 'credseal'");
    expect(files.filter((path) => /node_modules\/jose\/|dist\/handoff/.test(path))).toEqual([]);
  });
});

describe('its example, from the installed package', () => {
  const start = (...args: string[]) => {
    const main = join(project.directory, 'node_modules/credseal/examples/handoff/main.js');
    return spawnSync(process.execPath, [main, ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      env: {},
      cwd: project.directory,
    });
  };

  test('runs, and needs nothing else', () => {
    const { status, stdout, stderr } = start();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^page: the server answered 202: accepted$/m);
  });

  test('says what the page needs', () => {
    const { status, stderr } = start('--serve');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'The page needs esbuild: npm install --save-dev esbuild\n',
    });
  });
});
