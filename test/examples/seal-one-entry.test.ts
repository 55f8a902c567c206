import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openEntry, VaultKey } from '../../src/index.js';

const run = promisify(execFile);
const example = fileURLToPath(new URL('../../examples/seal-one-entry.js', import.meta.url));
const entry = JSON.parse(await readFile(new URL('../../examples/entry.json', import.meta.url), 'utf8'));
const key = VaultKey.generate();

/** Runs the example to its end: everything is closed, or it would not come to one. */
async function start(env: Record<string, string> = {}, nodeOptions: string[] = []) {
  try {
    return { code: 0, ...(await run(process.execPath, [...nodeOptions, example], { env, timeout: 30_000 })) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

/** Runs it with a `fetch` that changes what the vault answers. */
async function startWith(change: string) {
  const folder = await mkdtemp(join(tmpdir(), 'credseal-start-'));
  const file = join(folder, 'change.mjs');
  await writeFile(
    file,
    `const real = fetch;
    globalThis.fetch = async (url, init) => {
      const response = await real(url, init);
      const answer = await response.json();
      ${change}
      return Response.json(answer, { status: response.status });
    };`,
  );
  const outcome = await start({}, ['--import', file]);
  await rm(folder, { recursive: true });
  return outcome;
}

describe('npm start', () => {
  it('shows each step, and ends with 0', async () => {
    const { code, stdout, stderr } = await start();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^\d\. .*$/gm)?.map((line) => line[0])).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(stdout).toContain('POST /vault → 201');
    expect(stdout.match(/✓/g)).toHaveLength(5);
    expect(stdout).not.toContain('✗');
    expect(stdout).toContain('curl --request POST');
    // One screen of 80 columns, but for the sealed values, of which curl repeats those of the entry.
    expect(stdout.split('\n').length).toBeLessThan(45);
  });

  it('shows no credential and no key, and what it shows opens under the key that it was given', async () => {
    const { stdout } = await start({
      CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
      CLOUDCRUISE_API_KEY: 'sk_MARKER',
    });
    expect(stdout).toContain(`${key}, from CLOUDCRUISE_ENCRYPTION_KEY`);
    for (const secret of [entry.password, entry.user_name, 'JBSW', key.toHex(), 'sk_MARKER'])
      expect(stdout).not.toContain(secret);
    const payload = JSON.parse(/^\{\n[\s\S]*?^\}$/m.exec(stdout)?.[0] ?? '');
    expect(openEntry(payload, key).password).toBe(entry.password);
  });

  it.each([
    [
      'another code',
      `if (answer.code) answer.code = '000000' === answer.code ? '000001' : '000000';`,
      'is NOT our own',
    ],
    ['another password', 'answer.password = answer.user_name;', 'password did NOT come back'],
  ])('ends with 1 if the vault answers %s', async (_, change, shown) => {
    const { code, stdout } = await startWith(change);
    expect(stdout).toContain(shown);
    expect(code).toBe(1);
  });

  it.each([
    [
      'a password that does not open',
      `if (answer.password) answer.password = answer.password.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));`,
    ],
    ['no JSON', 'throw new SyntaxError();'],
  ])('does not hang, and does not end with 0, if the vault answers %s', async (_, change) => {
    expect((await startWith(change)).code).toBe(1);
  });

  it('ends with an error for a malformed key', async () => {
    const { code, stderr } = await start({ CLOUDCRUISE_ENCRYPTION_KEY: 'MARKER' });
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_KEY_FORMAT');
    expect(stderr).not.toContain('MARKER');
  });
});
