import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { vaultRequests } from '../../src/request/vault-requests.js';
import { run } from '../cli/run.js';
import { API_KEY, ENTRY, KEY, OTHER_KEY, REF, send } from './local-vault.js';
import { ENVIRONMENT, RunningVault } from './running-vault.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credseal-emulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

function emulate(
  args: readonly string[] = [],
  env: Record<string, string> = ENVIRONMENT,
  within: readonly string[] = [],
): RunningVault {
  const vault = new RunningVault(args, { env, cwd: folder, within });
  onTestFinished(() => void vault.process.kill('SIGKILL'));
  return vault;
}

const requestsTo = (baseUrl: string, key = KEY, apiKey = API_KEY) => vaultRequests({ apiKey, key, baseUrl });

describe('credseal emulate', () => {
  test('takes key and API key from the environment, and shows neither', async () => {
    const vault = emulate();
    const url = await vault.url();
    expect(vault.stdout).toBe(`export CLOUDCRUISE_BASE_URL=${url}\n`);
    expect((await send(requestsTo(url).create(ENTRY))).status).toBe(201);
    expect(await vault.end('SIGTERM')).toBe(0);
    expect(vault.stderr).toContain(String(KEY));
    expect(vault.stdout + vault.stderr).not.toMatch(/QZXJWVKY|0123456789abcdef0123/);
  });

  test('makes what is not there, and prints the lines to paste', async () => {
    const vault = emulate([], {});
    const url = await vault.url();
    const lines = vault.stdout.match(/^export [A-Z_]+=[\w:./-]+$/gm) ?? [];
    expect(lines).toHaveLength(3);
    const [key = '', apiKey = ''] = lines.map((line) => line.split('=')[1]);
    expect(vault.stdout).toBe(
      `export CLOUDCRUISE_ENCRYPTION_KEY=${key}\nexport CLOUDCRUISE_API_KEY=${apiKey}\nexport CLOUDCRUISE_BASE_URL=${url}\n`,
    );
    expect((await send(requestsTo(url, VaultKey.fromHex(key), apiKey).create(ENTRY))).status).toBe(201);
    expect(vault.stderr).not.toContain(key);
  });

  test('the lines work as they are pasted', async () => {
    const vault = emulate([], {});
    await vault.url();
    const env = Object.fromEntries(
      vault.stdout
        .trim()
        .split('\n')
        .map((line) => line.replace('export ', '').split('=')),
    );
    const { code, stdout } = await run(['request', '--json'], { env, stdin: JSON.stringify(ENTRY) });
    expect(code).toBe(0);
    const request = JSON.parse(stdout);
    request.headers['cc-key'] = env.CLOUDCRUISE_API_KEY;
    expect((await send(request)).status).toBe(201);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ends with 0 on %s, while connections are open',
    async (signal) => {
      const vault = emulate();
      const { list } = requestsTo(await vault.url());
      await send(list());
      expect(await vault.end(signal)).toBe(0);
      await expect(send(list())).rejects.toThrow();
    },
  );

  test.each([
    ['127.0.0.2', 'http://127.0.0.2:'],
    ['::1', 'http://[::1]:'],
  ])('listens on --host %s', async (host, start) => {
    const vault = emulate(['--host', host]);
    const url = await vault.url();
    expect(url.startsWith(start)).toBe(true);
    expect((await send(requestsTo(url).create(ENTRY))).status).toBe(201);
  });

  test.each(['0.0.0.0', '::', '192.168.0.1', '128.0.0.1', 'localhost', '::ffff:10.0.0.1', ''])(
    'never where another machine could reach it: --host %s',
    async (host) => {
      const { code, stderr } = await run(['emulate', `--host=${host}`], { env: ENVIRONMENT });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: 'credseal: --host takes a loopback address: one of 127.0.0.0/8, or ::1.\n',
      });
    },
  );

  test('reads --key-file and --env-file', async () => {
    await writeFile(join(folder, 'vault.key'), `${OTHER_KEY.toHex()}\n`);
    await writeFile(
      join(folder, 'vault.env'),
      `CLOUDCRUISE_API_KEY=sk_from_file\nCLOUDCRUISE_ENCRYPTION_KEY=${KEY.toHex()}\n`,
    );
    const byKeyFile = emulate(['--key-file', 'vault.key']);
    expect((await send(requestsTo(await byKeyFile.url(), OTHER_KEY).create(ENTRY))).status).toBe(201);
    const byEnvFile = emulate(['--env-file', 'vault.env'], {});
    expect((await send(requestsTo(await byEnvFile.url(), KEY, 'sk_from_file').create(ENTRY))).status).toBe(
      201,
    );
    expect(byEnvFile.stdout).not.toContain('API_KEY');
  });

  test('--data keeps entries across restarts, for nobody else to read', async () => {
    await writeFile(join(folder, 'other.key'), OTHER_KEY.toHex());
    const first = emulate(['--data', 'vault.data']);
    const { json } = await send(requestsTo(await first.url()).create(ENTRY));
    expect(await first.end('SIGINT')).toBe(0);
    expect((await stat(join(folder, 'vault.data'))).mode & 0o777).toBe(0o600);
    const second = emulate(['--data', 'vault.data']);
    expect((await send(requestsTo(await second.url()).get(REF))).json).toEqual(json);
    const third = emulate(['--data', 'vault.data']);
    await expect(third.url()).rejects.toThrow('in use by another process');
    expect(third.process.exitCode).toBe(4);
    await second.end('SIGINT');
    const other = emulate(['--data', 'vault.data', '--key-file', 'other.key']);
    await expect(other.url()).rejects.toThrow('does not open under');
  });

  test('a disk that is full is told, at the end too, and what was acknowledged is there when it is not', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `user-${at}`);
    // 32 blocks of 512 bytes; the program is what the shell becomes.
    const full = emulate(['--data', 'full.data'], ENVIRONMENT, [
      '/bin/sh',
      '-c',
      'ulimit -f 32; exec "$0" "$@"',
    ]);
    const { create } = requestsTo(await full.url());
    const answers: Awaited<ReturnType<typeof send>>[] = [];
    for (const permissioned_user_id of names)
      answers.push(await send(create({ ...ENTRY, permissioned_user_id })));
    const acknowledged = names.filter((_, at) => answers[at]?.status === 201);
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.length).toBeLessThan(names.length);
    expect(answers.at(-1)).toMatchObject({ status: 500, text: expect.stringContaining('cannot be written') });
    expect(await full.end('SIGTERM')).toBe(4);
    expect(full.stderr).toMatch(/^credseal: --data cannot be written: the file would be too large\. .*\n$/m);
    expect(await readdir(folder)).not.toContain('full.data.lock');

    const again = emulate(['--data', 'full.data']);
    const { json } = await send(requestsTo(await again.url()).list());
    const there = json.map((entry: typeof ENTRY) => entry.permissioned_user_id);
    expect(there).toEqual(expect.arrayContaining(acknowledged));
  });

  test('--data takes no key that is made for one run, and makes no file', async () => {
    const { code, stdout, stderr } = await run(['emulate', '--data', join(folder, 'none.data')]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toBe(
      'credseal: No key: --data keeps entries for the next start, which needs the same key. Give --key-file PATH or --env-file PATH, or set CLOUDCRUISE_ENCRYPTION_KEY. For a new one: credseal key new -o vault.key.\n',
    );
    await expect(stat(join(folder, 'none.data'))).rejects.toThrow('ENOENT');
  });

  test('--updates, --nulls and a limit of --fault are those of the library', async () => {
    const limit = 'requests=4,per=60000,retry-after=7';
    const vault = emulate(['--updates', 'complete-only', '--nulls', 'absent', '--fault', limit]);
    const requests = requestsTo(await vault.url());
    await send(requests.create(ENTRY));
    expect(Object.values((await send(requests.get(REF))).json)).not.toContain(null);
    expect((await send(requests.update({ ...REF, user_alias: 'Ada' }))).status).toBe(400);
    const more = [await send(requests.list()), await send(requests.list()), await send(requests.list())];
    expect(more.map(({ status }) => status)).toEqual([200, 429, 429]);
    expect(more[1]?.headers.get('retry-after')).toBe('7');
    const { method, headers } = requests.list();
    const counts = await send({ method, headers, url: `${await vault.url()}/emulator/rate-limit` });
    expect(counts.json).toEqual({ closures: 1, whileClosed: 1 });
  });

  test('a push goes on where the look-up after a lost answer fails', async () => {
    await writeFile(
      join(folder, 'lost.json'),
      '[{ "drop": true, "when": "after" }, null, { "status": 503 }]',
    );
    const vault = emulate(['--fault-script', 'lost.json']);
    const env = { ...ENVIRONMENT, CLOUDCRUISE_BASE_URL: await vault.url() };
    const { code, stderr } = await run(['push'], { env, stdin: JSON.stringify(sealEntry(ENTRY, KEY)) });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^1 read: 1 there already/);
  });

  test('--port, and what is said if it is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String((other.address() as AddressInfo).port);
    const { code, stderr } = await run(['emulate', '--port', port], { env: ENVIRONMENT });
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: 'credseal: The local vault cannot listen: the port is in use. Give another --port, or none.\n',
    });
    other.close();
    await once(other, 'close');
    expect(await emulate(['--port', port]).url()).toBe(`http://127.0.0.1:${port}`);
  });

  test('--fault and --fault-script make things go wrong', async () => {
    await writeFile(join(folder, 'script.json'), '[{ "status": 500 }, null, { "drop": true }]');
    const vault = emulate([
      '--fault-script',
      'script.json',
      '--fault',
      'status=429,retry-after=3',
      '--fault',
      'drop,rate=0',
    ]);
    const { list } = requestsTo(await vault.url());
    expect((await send(list())).status).toBe(500);
    expect((await send(list())).status).toBe(200);
    await expect(send(list())).rejects.toThrow();
    const { status, headers } = await send(list());
    expect([status, headers.get('retry-after')]).toEqual([429, '3']);
  });

  test('--verbose tells method, path and status, and nothing else of a request', async () => {
    await writeFile(join(folder, 'dropped.json'), '[null, null, null, { "drop": true }]');
    const vault = emulate(['--verbose', '--fault-script', 'dropped.json']);
    const { create, get, list } = requestsTo(await vault.url());
    await send(create(ENTRY));
    await send(get({ ...REF, domain: 'https://MARKER.example' }));
    await send({
      method: 'GET',
      url: `${await vault.url()}/%1b[31m?MARKER`,
      headers: { 'cc-key': 'MARKER' },
    });
    await expect(send(list())).rejects.toThrow();
    await vault.end('SIGTERM');
    expect(vault.stderr.split('\n').slice(1)).toEqual([
      'POST /vault 201',
      'GET /vault 404',
      'GET /%1b[31m 404',
      'GET /vault no answer',
      '',
    ]);
  });

  test('--allow-unknown', async () => {
    const vault = emulate(['--allow-unknown', 'new_field']);
    const url = await vault.url();
    const { headers } = requestsTo(url).create(ENTRY);
    const body = JSON.stringify({ ...REF, new_field: 1 });
    expect((await send({ method: 'POST', url: `${url}/vault`, headers, body })).status).toBe(201);
  });

  test.each<[string, string[], Record<string, string>, number, string]>([
    ['a port that is none', ['--port', 'MARKER'], ENVIRONMENT, 2, '--port'],
    ['a port too large', ['--port', '70000'], ENVIRONMENT, 2, '--port'],
    ['a fault that is none', ['--fault', 'MARKER=1'], ENVIRONMENT, 2, '--fault'],
    ['a limit of nothing', ['--fault', 'requests=0,per=1000'], ENVIRONMENT, 2, '--fault'],
    ['half a limit', ['--fault', 'requests=1'], ENVIRONMENT, 2, '--fault'],
    ['a limit with a rate', ['--fault', 'requests=1,per=1,rate=0.5'], ENVIRONMENT, 2, '--fault'],
    ['two limits', ['--fault', 'requests=1,per=1', '--fault', 'per=1,requests=1'], ENVIRONMENT, 2, '--fault'],
    ['updates that are none', ['--updates', 'MARKER'], ENVIRONMENT, 2, '--updates'],
    ['nulls that are none', ['--nulls', 'MARKER'], ENVIRONMENT, 2, '--nulls'],
    ['a fault that makes no sense', ['--fault', 'status=200'], ENVIRONMENT, 2, '--fault'],
    ['a fault by the name of a method', ['--fault', 'toString=1'], ENVIRONMENT, 2, '--fault'],
    ['a script that is not there', ['--fault-script', 'MARKER'], ENVIRONMENT, 4, '--fault-script'],
    ['a script that is none', ['--fault-script', 'MARKER.json'], ENVIRONMENT, 4, '--fault-script'],
    ['a script that makes no sense', ['--fault-script', 'odd.json'], ENVIRONMENT, 2, '--fault-script'],
    ['a folder that is not there', ['--data', 'MARKER/data'], ENVIRONMENT, 4, '--data'],
    ['a file of something else', ['--data', 'MARKER.json'], ENVIRONMENT, 4, '--data'],
    ['a malformed key', [], { CLOUDCRUISE_ENCRYPTION_KEY: 'MARKER' }, 3, '64 hex digits'],
    ['a malformed API key', [], { ...ENVIRONMENT, CLOUDCRUISE_API_KEY: 'MARKER\n' }, 2, 'API key'],
    ['a previous key without a current one', ['--previous-key-file', 'odd.json'], {}, 3, 'No key'],
    ['a key file that is not there', ['--key-file', 'MARKER'], ENVIRONMENT, 3, '--key-file'],
  ])('refuses %s', async (_, args, env, code, message) => {
    const files = { 'MARKER.json': '{"MARKER"', 'odd.json': '[{"status": 200}]' };
    const outcome = await run(['emulate', ...args], { env, files });
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('MARKER');
  });
});
