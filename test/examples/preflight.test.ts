import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealEntry, sealValue, VaultKey } from '../../src/index.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const example = (name: string) => join(root, 'examples', 'preflight', name);
const key = VaultKey.generate();
const env = { PATH: process.env.PATH ?? '', CLOUDCRUISE_ENCRYPTION_KEY: key.toHex() };
const good = sealEntry(
  { permissioned_user_id: 'u', domain: 'https://example.com', password: 'hunter2' },
  key,
);

/** Runs a program to its end, whatever that is. */
async function outcome(file: string, args: string[], options: { cwd?: string; env: NodeJS.ProcessEnv }) {
  try {
    return { code: 0, ...(await run(file, args, options)) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('the Fastify route', () => {
  it('queues what passes, answers 422 with the findings to what does not, and queues nothing of that', async () => {
    // The example is JavaScript that imports the built package, as its users do: so is the key it gets.
    const { buildServer } = await import(example('fastify-route.js'));
    const built = await import('credseal');
    const queue: object[] = [];
    const server = buildServer({
      key: built.VaultKey.fromHex(key.toHex()),
      enqueue: async (payload: object) => void queue.push(payload),
    });
    const post = (payload: object) => server.inject({ method: 'POST', url: '/entries', payload });
    expect((await post(good)).statusCode).toBe(202);
    const refused = await post({ ...good, passwrod: 'MARKER' });
    expect(refused.statusCode).toBe(422);
    expect(refused.json().findings[0]).toMatchObject({ rule: 'payload/unknown-field', path: 'passwrod' });
    expect(refused.body).not.toContain('MARKER');
    expect(queue).toEqual([good]);
    await server.close();
  });
});

describe('the start-up check', () => {
  const start = (more: Record<string, string>) =>
    outcome(process.execPath, [example('start-up-check.js')], { env: { ...env, ...more } });

  it('lets a service start whose key opens the canary', async () => {
    const { code, stdout } = await start({ CREDSEAL_CANARY: sealValue('canary', key) });
    expect(stdout).toBe(`ready, with ${key}\n`);
    expect(code).toBe(0);
  });

  it.each([
    ['another key', { CREDSEAL_CANARY: sealValue('canary', VaultKey.generate()) }, 'ERR_OPEN_FAILED'],
    ['no key', { CLOUDCRUISE_ENCRYPTION_KEY: '' }, 'ERR_KEY_MISSING'],
  ])('keeps a service with %s from starting', async (_, more, errorCode) => {
    const { code, stderr } = await start(more);
    expect(stderr).toContain(errorCode);
    expect(code).not.toBe(0);
  });
});

describe('the pre-commit hook', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'credseal-hook-'));
    await mkdir(join(folder, 'node_modules', '.bin'), { recursive: true });
    await mkdir(join(folder, 'fixtures'));
    await symlink(root, join(folder, 'node_modules', 'credseal'));
    const { bin } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    await writeFile(join(folder, 'package.json'), '{}');
    const shim = `#!/bin/sh\nexec '${process.execPath}' '${join(root, bin.credseal)}' "$@"\n`;
    await writeFile(join(folder, 'node_modules', '.bin', 'credseal'), shim, { mode: 0o755 });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('lets sealed fixtures through, and stops a plain password', async () => {
    const commit = () => outcome('sh', [example('pre-commit.sh')], { cwd: folder, env });
    await writeFile(join(folder, 'fixtures', 'a.json'), JSON.stringify(good));
    expect(await commit()).toMatchObject({ code: 0 });
    await writeFile(
      join(folder, 'fixtures', 'b.json'),
      JSON.stringify({ ...good, permissioned_user_id: 'v', password: 'MARKER' }),
    );
    const stopped = await commit();
    expect(stopped.code).toBe(1);
    expect(stopped.stdout).toMatch(/fixtures\/b\.json {2}error {2}credential\/plaintext {2}password/);
    expect(stopped.stdout + stopped.stderr).not.toContain('MARKER');
  });
});

describe('the GitHub workflow', () => {
  it('calls commands and options that there are', async () => {
    const workflow = await readFile(example('github-workflow.yml'), 'utf8');
    const commands = Array.from(workflow.matchAll(/run: npx credseal (.+)/g), ([, command]) => command ?? '');
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const args = command.split(' ').filter((word) => !word.startsWith('fixtures'));
      const cli = join(root, 'dist', 'cli', 'main.js');
      const { code } = await outcome(
        process.execPath,
        [cli, ...args, ...(args[0] === 'preflight' ? [join(root, 'package-lock.json')] : [])],
        { env },
      );
      // 1: the file is no entry; 2 would be a command or option that there is not.
      expect(code).toBe(args[0] === 'preflight' ? 1 : 0);
    }
  });
});
