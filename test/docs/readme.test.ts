import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealEntry, VaultKey } from '../../src/index.js';
import { installPackage, NODE_TYPES, type Project } from '../e2e/installed-package.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = await readFile(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  Array.from(
    readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
    ([, code]) => code ?? '',
  );

const key = VaultKey.generate();
const received: { method: string; url: string; body: string }[] = [];
let project: Project;
let folder: string;
let server: Server;

beforeAll(async () => {
  // An empty project that has the packed package installed, with its command where npm puts it, and a vault that answers
  // one stored entry to everything.
  project = installPackage();
  folder = project.directory;
  const installed = join(folder, 'node_modules', 'credseal');
  const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  await mkdir(join(folder, 'node_modules', '.bin'));
  await symlink(join(installed, bin.credseal), join(folder, 'node_modules', '.bin', 'credseal'));
  await chmod(join(installed, bin.credseal), 0o755);
  const entry = {
    permissioned_user_id: 'user-1',
    domain: 'https://portal.example.com',
    user_name: 'ada',
    password: 'hunter2',
  };
  const stored = JSON.stringify({
    ...sealEntry(entry, key),
    id: 'fb7b4a4e-24b4-4b53-8a4e-9a4a3a1a1a1a',
    created_at: 'now',
  });
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ method: request.method ?? '', url: request.url ?? '', body });
    response.end(stored);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  // The examples name the real vault; here its address leads to the one above.
  await writeFile(
    join(folder, 'vault-is-here.mjs'),
    `const real = fetch; globalThis.fetch = (url, init) => real(url.replace('https://api.cloudcruise.com', 'http://127.0.0.1:${port}'), init);`,
  );
});

afterAll(async () => {
  server.close();
  project.remove();
});

describe('README', () => {
  it('has up-to-date generated parts', async () => {
    await run(process.execPath, [join(root, 'scripts', 'readme.js'), '--check']);
  });

  it('has library examples to run', () => expect(blocks('js').length).toBeGreaterThanOrEqual(4));

  it.each(blocks('js').map((code, index) => [index + 1, code] as const))(
    'library example %i runs as it stands',
    async (index, code) => {
      received.length = 0;
      const file = join(folder, `example-${index}.mjs`);
      await writeFile(file, code);
      const env = {
        PATH: process.env.PATH,
        CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
        CLOUDCRUISE_API_KEY: 'sk_test',
      };
      const { stderr } = await run(process.execPath, ['--import', join(folder, 'vault-is-here.mjs'), file], {
        env,
        cwd: folder,
      });
      expect(stderr).toBe('');
      // What is sent to a local vault of the example's own does not come here.
      const sends = code.includes('startEmulator') ? 0 : (code.match(/(?:fetch|guarded)\(/g) ?? []).length;
      expect(received).toHaveLength(sends);
      for (const { body } of received) expect(body).not.toMatch(/hunter2|battery/);
    },
  );

  it('has library examples that compile as TypeScript', () => {
    const files = Object.fromEntries(
      blocks('js').map((code, index) => [`example-${index + 1}.ts`, `${code}\nexport {};\n`]),
    );
    const found = project.compile(files, { ...NODE_TYPES, target: ts.ScriptTarget.ES2022 });
    expect(found).toEqual(Object.fromEntries(Object.keys(files).map((name) => [name, []])));
  });

  it('has command line examples that run, line by line', async () => {
    const commands = blocks('sh').find((block) => block.includes('credseal key new')) ?? '';
    await writeFile(join(folder, 'entry.json'), blocks('json')[0] ?? '');
    await writeFile(join(folder, 'password.txt'), 'hunter2\n');
    await writeFile(join(folder, 'totp-secret.txt'), 'JBSW Y3DP EHPK 3PXP\n');
    const screenshot = new URL('../bulk/authenticators/fixtures/screenshot.png', import.meta.url);
    await copyFile(screenshot, join(folder, 'screenshot.png'));
    const { stdout, stderr } = await inShell(commands);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^current {3}[0-9a-f]{16} {2}hex {2}--key-file\n[0-9a-f]{74}\n\{\n/);
    expect(stdout).toMatch(/\n\d{6}\nalgorithm {2}SHA1\n.*\nissuer {5}GitHub\nlabel {6}ada@example\.com\n$/s);
    expect(stdout).not.toContain('battery');
  });

  it('has a rotation in four commands', async () => {
    const commands = blocks('sh').find((block) => block.includes('credseal rotate')) ?? '';
    expect(commands.match(/^[^#\n]*credseal /gm)).toHaveLength(4);
    const inside = join(folder, 'rotation');
    await mkdir(inside);
    await writeFile(join(inside, 'entry.json'), blocks('json')[0] ?? '');
    const before = /`(credseal payload [^`]*> sealed\.json)`/.exec(readme)?.[1];
    const script = `cd rotation\ncredseal key new > vault.key\n${before}\n${commands}`;
    const { stdout, stderr } = await inShell(script, { CREDSEAL_PASSPHRASE: 'correct horse battery staple' });
    expect(stderr).toBe('1 entry: 1 rotated, 0 current already, 0 failed.\n');
    expect(stdout).toBe('1 checked: 0 errors, 0 warnings\n');
  });

  it('has examples of preflight that run, line by line', async () => {
    const commands = blocks('sh').find((block) => block.includes('credseal preflight payloads')) ?? '';
    const sealed = (user: string) =>
      JSON.stringify(
        sealEntry(
          { permissioned_user_id: user, domain: 'https://portal.example.com', password: 'hunter2' },
          key,
        ),
      );
    for (const name of ['more', 'fixtures']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'payloads.ndjson'), `${sealed('a')}\n${sealed('b')}\n`);
    await writeFile(join(folder, 'more', 'one.json'), sealed('c'));
    await writeFile(join(folder, 'fixtures', 'one.json'), sealed('d'));
    const { stdout, stderr } = await inShell(commands, { CLOUDCRUISE_ENCRYPTION_KEY: key.toHex() });
    expect(stderr).toBe('');
    const [text, start, end, keyless, notOpened, github, doctor = ''] = stdout.trimEnd().split('\n');
    expect([text, keyless, github]).toEqual(
      [3, 2, 1].map((count) => `${count} checked: 0 errors, 0 warnings`),
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

  it('has a section on preflight that fits on one screen', () => {
    const section = /^## Preflight\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
    expect(section).not.toBe('');
    expect(section.split('\n').length).toBeLessThanOrEqual(40);
    expect(section.split('\n').filter((line) => line.length > 130)).toEqual([]);
  });
});

/** Runs a script of the shell, up to the first command that fails, in which `credseal` is the installed command. */
function inShell(script: string, env: Record<string, string> = {}) {
  const path = [join(folder, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH];
  return run('sh', ['-c', `set -e\n${script}`], { cwd: folder, env: { PATH: path.join(delimiter), ...env } });
}
