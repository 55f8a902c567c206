import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/start-emulator.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { type Fault, nameOf, type Received, startScriptedVault } from '../bulk/scripted-vault.js';
import { runHere } from './in-process.js';
import { inFolder, MAIN, runNode, shell } from './run.js';
import { answer } from './sealing.js';
import { atTerminal, hasTerminal } from './terminal.js';

const key = VaultKey.generate();
const API_KEY = 'sk-cli-marker';
const PLAIN = 'plain-text-marker';
const sealed = (index: number) =>
  sealEntry(
    { permissioned_user_id: `user-${index}`, domain: 'https://example.com', password: `pw-${index}` },
    key,
  );
const asLines = (entries: readonly unknown[]) =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

let fault: (request: Received, count: number) => Fault | undefined;
let vault: Awaited<ReturnType<typeof startScriptedVault>>;
beforeEach(async () => {
  fault = () => undefined;
  vault = await startScriptedVault((request, count) => fault(request, count));
});
afterEach(() => vault.close());

const environment = () => ({
  CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
  CLOUDCRUISE_API_KEY: API_KEY,
  CLOUDCRUISE_BASE_URL: vault.url,
});
const push = (
  args: readonly string[],
  stdin: string,
  files = {},
  env: Record<string, string> = environment(),
) => runHere(['push', ...args], { stdin, env, files });

describe('credseal push', () => {
  const three = [sealed(1), sealed(2), sealed(3)];
  test.each([
    ['NDJSON', asLines(three)],
    ['an array', JSON.stringify(three)],
    ['an indented array', JSON.stringify(three, null, 2)],
  ])('sends every entry of %s, and says so on stderr alone', async (_, stdin) => {
    const { code, stdout, stderr } = await push([], stdin);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^3 read: 3 created; \d+\.\d s\n$/);
    for (const entry of three) expect(vault.stored.get(nameOf({ ...entry }))).toEqual(entry);
  });

  test('sends a single entry, from a file', async () => {
    const { code } = await push(['entry.json'], '', { 'entry.json': JSON.stringify(three[0], null, 2) });
    expect(code).toBe(0);
    expect(vault.stored.size).toBe(1);
  });

  test('says of what is pushed a second time that it is there', async () => {
    await push([], asLines(three));
    const { code, stderr } = await push([], asLines(three));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^3 read: 3 there already, with these very sealed values; /);
  });

  test('--update updates, --upsert does both', async () => {
    expect((await push(['--update'], asLines(three))).code).toBe(6);
    expect((await push(['--upsert'], asLines(three.slice(0, 2)))).code).toBe(0);
    const { code, stderr } = await push(['--upsert'], asLines(three));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^3 read: 1 created, 2 updated;/);
  });

  test('names what fails by line and identity, never by value, and sends the others: exit 1', async () => {
    const lines = `${asLines([sealed(1), { ...sealed(2), password: PLAIN }])}{"broken": \n${asLines([sealed(4)])}`;
    const { code, stdout, stderr } = await push([], lines);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('line 2 (user-2, https://example.com): password is not sealed.');
    expect(stderr).toContain('line 3: Not an entry: not valid JSON, at column 12.');
    expect(stderr).toMatch(/^4 read: 2 created, 2 not sent, for they fail preflight;/m);
    expect(stderr).not.toContain(PLAIN);
    expect(vault.stored.size).toBe(2);
  });

  test('tells everything that preflight has found, a line each', async () => {
    const { stderr } = await push(
      [],
      asLines([{ ...sealed(1), user_name: PLAIN, password: PLAIN }, sealed(2)]),
    );
    expect(stderr).toMatch(
      /^line 1 \(user-1, https:\/\/example\.com\): password is not sealed\. .*\nline 1 \(user-1, https:\/\/example\.com\): user_name is not sealed\. /,
    );
  });

  test('sends a field that --allow-unknown names, and no other', async () => {
    const entries = [
      { ...sealed(1), new_field: 1 },
      { ...sealed(2), newer: 1 },
    ];
    const { code, stderr } = await push(['--allow-unknown', 'new_field'], asLines(entries));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^line 2 \(user-2, .*newer is not a field/);
    expect([...vault.stored.values()]).toEqual([entries[0]]);
  });

  test.each([[], ['--update'], ['--upsert']].map((mode) => [mode]))(
    'says once of the answers of the vault what to do, and sends the others: %j',
    async (mode) => {
      const sent = sealed(3);
      await push([], asLines([sent]));
      const entries = [{ ...answer, ...sealed(1) }, { ...answer, ...sealed(2), passwrod: PLAIN }, sent];
      const { code, stderr } = await push(mode, asLines(entries));
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^line 1: This is an answer of the vault, with fields that only the vault sets\. .*credseal rotate --for-update.*\n3 read: 1 /,
      );
      expect(stderr).toContain('2 not sent, for they fail preflight');
      expect(vault.stored.size).toBe(1);
    },
  );

  test('the answer of the vault goes back by rotate --for-update and push --update', async () => {
    const local = await startEmulator({ key, apiKey: API_KEY });
    const { CLOUDCRUISE_BASE_URL: _, ...rest } = environment();
    const env = { ...rest, CLOUDCRUISE_BASE_URL: local.url };
    try {
      const secret = { tfa_method: 'AUTHENTICATOR', tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEH' } as const;
      const entry = {
        permissioned_user_id: 'user-9',
        domain: 'https://example.com',
        password: 'pw',
        ...secret,
      };
      await push([], asLines([sealed(1), sealEntry(entry, key)]), {}, env);
      const stored = await (await fetch(`${local.url}/vault`, { headers: { 'cc-key': API_KEY } })).text();
      const back = await runHere(['rotate', '--for-update'], { stdin: stored, env });
      expect(back.code).toBe(0);
      const pushed = await push(['--update'], back.stdout, {}, env);
      expect(pushed).toMatchObject({ code: 0, stderr: expect.stringMatching(/^2 read: 2 updated; /) });
      const again = await (await fetch(`${local.url}/vault`, { headers: { 'cc-key': API_KEY } })).json();
      const without = (all: { updated_at: string }[]) => all.map(({ updated_at, ...others }) => others);
      expect(without(again)).toEqual(without(JSON.parse(stored)));
    } finally {
      await local.close();
    }
  });

  test('counts the elements of an array from 0', async () => {
    const { stderr } = await push([], JSON.stringify([sealed(1), { ...sealed(2), password: PLAIN }]));
    expect(stderr).toContain('entry [1] (user-2, https://example.com): ');
  });

  test('a single entry that fails preflight is exit 4, one that the vault refuses exit 6', async () => {
    expect((await push([], JSON.stringify({ ...sealed(1), passwrod: PLAIN }))).code).toBe(4);
    expect(vault.received).toEqual([]);
    fault = () => ({ status: 400, body: { message: `Invalid API key: ${API_KEY} for pw-1` } });
    const { code, stderr } = await push([], JSON.stringify(sealed(1)));
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^entry \(user-1, https:\/\/example\.com\): The vault finds the entry malformed \(400\)\.\n1 read: 1 refused; \d+\.\d s\n$/,
    );
  });

  test('stops where the API key is wrong: exit 6, and the rest is unsent', async () => {
    fault = () => ({ status: 401 });
    const { code, stderr } = await push(
      ['--concurrency', '2'],
      asLines(Array.from({ length: 40 }, (_, index) => sealed(index))),
    );
    expect(code).toBe(6);
    expect(vault.received.length).toBeLessThan(12);
    const refused = vault.received.length;
    const lines = stderr.split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(
      /^line \d+ \(user-\d+, https:\/\/example\.com\): The vault refuses the API key, or the key that the entry is sealed under \(401\)\.$/,
    );
    const [first] = /^line \d+/.exec(lines[0] ?? '') ?? [];
    expect(lines[1]).toMatch(
      new RegExp(`^${refused - 1} more fail like ${first}: (line \\d+, )*line \\d+\\.$`),
    );
    expect(lines[1]?.match(/line /g)).toHaveLength(refused);
    expect(lines[2]).toBe(
      'Stopped: what one entry after another fails for, the others would fail for, too. Mend that, and push again, with --journal to be able to go on.',
    );
    expect(lines[3]).toMatch(
      new RegExp(`^40 read: ${refused} refused, ${40 - refused} not sent, for the push stopped; `),
    );
    expect(stderr).not.toContain(API_KEY);
  });

  test('says once what many fail for, and names each of them, also where the push goes on', async () => {
    fault = (_, count) => ({ status: count % 2 ? 403 : 400 });
    const { stderr } = await push(
      ['--concurrency', '1'],
      asLines(Array.from({ length: 6 }, (_, index) => sealed(index))),
    );
    expect(stderr.replace(/\d+\.\d s/, 's')).toBe(
      [
        'line 1 (user-0, https://example.com): The API key may not do this (403).',
        'line 2 (user-1, https://example.com): The vault finds the entry malformed (400).',
        'line 4 (user-3, https://example.com): The vault finds the entry malformed (400).',
        'line 6 (user-5, https://example.com): The vault finds the entry malformed (400).',
        '2 more fail like line 1: line 3, line 5.',
        '6 read: 6 refused; s\n',
      ].join('\n'),
    );
  });

  test('names twenty of many that fail alike, and counts the others', async () => {
    fault = (_, count) => ({ status: count % 7 === 6 ? 400 : 401 });
    const { stderr } = await push(
      ['--concurrency', '1'],
      asLines(Array.from({ length: 40 }, (_, index) => sealed(index))),
    );
    expect(stderr).toMatch(/^34 more fail like line 1: line 2, line 3, .*, line 24 and 14 others\.$/m);
  });

  test('says where an API key is looked for', async () => {
    const env = { ...environment(), CLOUDCRUISE_API_KEY: '' };
    expect((await push([], asLines(three), {}, env)).stderr).toBe(
      'credseal: No API key: CLOUDCRUISE_API_KEY is not set. Set it, or give --api-key-command COMMAND or --env-file PATH.\n',
    );
    const files = { env: `CLOUDCRUISE_ENCRYPTION_KEY=${key.toHex()}\n` };
    expect((await push(['--env-file', 'env'], asLines(three), files)).stderr).toBe(
      'credseal: No API key: CLOUDCRUISE_API_KEY is not set in --env-file. Add it there.\n',
    );
  });

  test('sends no line with a member twice', async () => {
    const twice = JSON.stringify(sealed(2)).replace(/\}$/, `,"password":"${PLAIN}"}`);
    const { code, stderr } = await push([], `${asLines([sealed(1)])}${twice}\n`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^line 2: Not an entry: JSON with a member twice, at column \d+: /m);
    expect(stderr).not.toContain(PLAIN);
    expect(vault.stored.size).toBe(1);
  });

  test('says that the vault cannot be reached, and ends with 6', async () => {
    await vault.close();
    const { code, stderr } = await push(['--retries', '0'], JSON.stringify(sealed(1)));
    expect(code).toBe(6);
    expect(stderr).toContain(
      `The vault at ${vault.url} cannot be reached: nothing answers at that address; given up after 1 attempt.`,
    );
    expect(stderr).toMatch(/^1 read: 1 failed, for the vault was not reached; /m);
    const many = await push(
      ['--retries', '0'],
      asLines(Array.from({ length: 40 }, (_, index) => sealed(index))),
    );
    expect(many.code).toBe(6);
    expect(many.stderr.split('cannot be reached')).toHaveLength(2);
    expect(many.stderr).toMatch(/^\d+ more fail like line \d+: .*\nStopped: .* push again, with --journal/m);
    expect(many.stderr).toMatch(
      /^40 read: \d+ failed, for the vault was not reached, \d+ not sent, for the push stopped;/m,
    );
    vault = await startScriptedVault();
  });

  test('--dry-run checks everything, sends nothing, and needs no API key', async () => {
    const { CLOUDCRUISE_API_KEY: _, ...env } = environment();
    const { code, stderr } = await push(
      ['--dry-run'],
      asLines([...three, { ...sealed(4), passwrod: PLAIN }]),
      {},
      env,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^4 read: 3 would be sent, 1 not sent, for they fail preflight;/m);
    expect(vault.received).toEqual([]);
  });

  test.each<[string, string[], Record<string, string>, number]>([
    ['no API key', [], { CLOUDCRUISE_API_KEY: '' }, 2],
    ['an API key with a line break', [], { CLOUDCRUISE_API_KEY: `${API_KEY}\n` }, 2],
    ['no vault key', [], { CLOUDCRUISE_ENCRYPTION_KEY: '' }, 3],
    ['http to another machine', ['--base-url', 'http://vault.example.com'], {}, 2],
    ['--update with --upsert', ['--update', '--upsert'], {}, 2],
    ['a concurrency of none', ['--concurrency', '0'], {}, 2],
    ['a concurrency in words', ['--concurrency', 'eight'], {}, 2],
    ['a timeout of none', ['--timeout', '0'], {}, 2],
    ['an empty input', [], {}, 4],
  ])('refuses %s with exit code %4$i', async (name, args, env, code) => {
    const outcome = await push(
      args,
      name === 'an empty input' ? '' : asLines(three),
      {},
      { ...environment(), ...env },
    );
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).not.toContain(API_KEY);
    expect(vault.received).toEqual([]);
  });
});

describe('a summary ends every push', () => {
  /** Half of a body that says it is compressed, and bytes that belong to none: Node 20 ends such an answer in no way. */
  const body = brotliCompressSync(JSON.stringify(sealed(1)));
  const damaged = Buffer.concat([body.subarray(0, 20), Buffer.alloc(40, 255)]);
  test.each([
    ['cut off', body.subarray(0, 20)],
    ['cut off, with a remainder that is damaged', damaged],
    ['not compressed', JSON.stringify(sealed(1))],
  ])('of which the answer says it is in brotli, and is %s', async (_, bytes) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('HTTP/1.1 201 Created\r\ncontent-encoding: br\r\nconnection: close\r\n\r\n');
        socket.end(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await push(
      ['--timeout', '1', '--retries', '1', '--base-url', url],
      JSON.stringify(sealed(1)),
    );
    server.close();
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^entry \(user-1, .*; given up after 2 attempts\.\n1 read: 1 failed, .*; \d+\.\d s\n$/,
    );
  });

  test('of which the input breaks off, after what came before has been sent', async () => {
    const lines = asLines(Array.from({ length: 400 }, (_, index) => sealed(index)));
    const { code, stderr } = await push(['sealed.ndjson'], '', { 'sealed.ndjson': `${lines}{"a":"\0"}\n` });
    expect(code).toBe(4);
    const [, read, created] =
      /^(\d+) read: (\d+) created; \d+\.\d s\ncredseal: FILE: Line 401 has a NUL byte/.exec(stderr) ?? [];
    expect([Number(read), Number(created)]).toEqual([vault.stored.size, vault.stored.size]);
    expect(vault.stored.size).toBeGreaterThan(100);
  });

  test('of which the journal cannot be written', async () => {
    const line = 'ulimit -f 1; trap "" XFSZ; credseal push --journal journal sealed.ndjson; echo "exit $?"';
    const files = { 'sealed.ndjson': asLines(Array.from({ length: 60 }, (_, index) => sealed(index))) };
    const { stdout, stderr } = await shell(line, { env: environment(), files });
    expect(stdout).toBe('exit 4\n');
    expect(stderr).toMatch(/^\d+ read: \d+ created; \d+\.\d s\ncredseal: --journal cannot be /);
  });

  test('that the platform itself ends, by an error that nobody can catch', async () => {
    fault = (_, count) => (count > 3 ? 'silence' : undefined);
    const crash = `const { fetch } = globalThis;
      let count = 0;
      globalThis.fetch = (...call) => {
        count += 1;
        if (count === 4) setTimeout(() => { throw new Error('of the platform'); });
        return fetch(...call);
      };`;
    const { code, stderr } = await runNode(
      ['--import', './crash.mjs', MAIN, 'push', '--concurrency', '1', 'sealed.ndjson'],
      {
        env: environment(),
        files: {
          'crash.mjs': crash,
          'sealed.ndjson': asLines(Array.from({ length: 9 }, (_, index) => sealed(index))),
        },
      },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^3 read: 3 created; \d+\.\d s\n/m);
  });
});

describe('credseal push --journal', () => {
  const three = asLines([sealed(1), sealed(2), sealed(3)]);
  const header = () => `{"kind":"credseal push journal","version":1,"vault":"${vault.url}"}\n`;
  const id = (digit: string) => `${digit.repeat(32)}\n`;

  test.each([
    ['a file of somebody else', () => 'notes\nof mine\n', 4],
    ['the sealed entries, given by mistake', () => three, 4],
    ['a file without a line break', () => 'notes', 4],
    ['a journal with a line that is no id', () => `${header()}${id('a')}banana\n`, 4],
    ['the journal of a push to another vault', () => header().replace('127.0.0.1', 'localhost'), 2],
  ])('leaves %s as it is', async (_, content, code) => {
    const line = 'credseal push --journal journal <sealed.ndjson; echo "exit $?"; cat journal';
    const files = { journal: content(), 'sealed.ndjson': three };
    const { stdout } = await shell(line, { env: environment(), files });
    expect(stdout).toBe(`exit ${code}\n${content()}`);
    expect(vault.received).toEqual([]);
  });

  test('goes on behind a last line that was cut off', async () => {
    const line =
      'credseal push --journal journal sealed.ndjson && printf 0123 >>journal && credseal push --journal journal sealed.ndjson && grep -c . journal && ls -l journal | cut -c1-10';
    const { stdout, stderr } = await shell(line, { env: environment(), files: { 'sealed.ndjson': three } });
    expect(stdout).toBe('4\n-rw-------\n');
    expect(stderr).toMatch(/3 read: 3 created;.*\n3 read: 3 sent before, says the journal;/);
    expect(vault.received).toHaveLength(3);
  });
});

test('counts the elements of an array from 0 in what is said of others, too', async () => {
  const { stderr } = await push([], JSON.stringify([sealed(1), sealed(1)]));
  expect(stderr).toContain('those of entry [0]');
});

test('a dry run begins no journal', async () => {
  const line = 'credseal push --dry-run --journal j <sealed.ndjson; ls';
  const { stdout } = await shell(line, {
    env: environment(),
    files: { 'sealed.ndjson': asLines([sealed(1)]) },
  });
  expect(stdout).toBe('sealed.ndjson\n');
});

describe('credseal push --failed', () => {
  test('writes what the vault does not have, to push again; not what fails preflight', async () => {
    fault = ({ body }) => (body?.permissioned_user_id === 'user-2' ? { status: 400 } : undefined);
    const lines = asLines([sealed(1), sealed(2), { ...sealed(3), password: PLAIN }]);
    const line =
      'credseal push --failed again.ndjson sealed.ndjson; ls -A | tr "\\n" " "; cat again.ndjson; credseal push again.ndjson';
    const { stdout, stderr } = await shell(line, { env: environment(), files: { 'sealed.ndjson': lines } });
    expect(stdout).toBe(`again.ndjson sealed.ndjson ${lines.split('\n')[1]}\n`);
    expect(stderr).not.toContain(PLAIN);
  });

  test('has the unsent ones too, when the push stops', async () => {
    fault = () => ({ status: 401 });
    const lines = asLines(Array.from({ length: 30 }, (_, index) => sealed(index)));
    const line =
      'credseal push --failed again.ndjson <sealed.ndjson; sort again.ndjson >a; sort sealed.ndjson | cmp - a && echo same';
    const { stdout } = await shell(line, { env: environment(), files: { 'sealed.ndjson': lines } });
    expect(stdout).toBe('same\n');
  });

  test('names the option where the file cannot be written', async () => {
    const { code, stderr } = await push(['--failed', 'missing/again.ndjson'], asLines([sealed(1)]));
    expect(code).toBe(2);
    expect(stderr).toContain('--failed cannot be written');
  });
});

describe('an interrupted push', () => {
  const fifty = Array.from({ length: 50 }, (_, index) => sealed(index));
  /** Interrupts a push of fifty entries when a few have been sent; its input stays open where it is told to. */
  async function interrupted(args: readonly string[], isInputOpen = false) {
    const slow = await startScriptedVault(undefined, 100);
    try {
      const env = { ...environment(), CLOUDCRUISE_BASE_URL: slow.url };
      const child = spawn(process.execPath, [MAIN, 'push', '--concurrency', '2', ...args], { env });
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      child.stdin.write(asLines(fifty));
      if (!isInputOpen) child.stdin.end();
      while (slow.received.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill('SIGINT');
      const code = await new Promise((resolve) => child.once('close', resolve));
      return { code, stderr, created: slow.stored.size };
    } finally {
      await slow.close();
    }
  }

  test.each([false, true])(
    'finishes what is under way, reports it, and ends with 1 (input still open: %s)',
    async (isOpen) => {
      const { code, stderr, created } = await interrupted([], isOpen);
      expect(code).toBe(1);
      expect(created).toBeLessThan(50);
      expect(stderr).toContain('Stopped: interrupted. Push again, with --journal');
      expect(stderr).toMatch(new RegExp(`^\\d+ read: ${created} created`, 'm'));
    },
  );

  test('that is interrupted twice ends at once, and leaves no file behind', async () => {
    const slow = await startScriptedVault(() => 'silence');
    try {
      await inFolder({ 'sealed.ndjson': asLines(fifty) }, async (cwd) => {
        const env = { ...environment(), CLOUDCRUISE_BASE_URL: slow.url };
        const child = spawn(process.execPath, [MAIN, 'push', 'sealed.ndjson', '--failed', 'again'], {
          cwd,
          env,
        });
        while (slow.received.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
        child.kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 100));
        child.kill('SIGINT');
        expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
        expect(await readdir(cwd)).toEqual(['sealed.ndjson']);
      });
    } finally {
      await slow.close();
    }
  });

  test('reads on to the end with --failed, so that the file has all that the vault has not', async () => {
    await inFolder({}, async (folder) => {
      const { created } = await interrupted(['--failed', join(folder, 'again')]);
      expect((await readFile(join(folder, 'again'), 'utf8')).split('\n')).toHaveLength(50 - created + 1);
    });
  });
});

test.skipIf(!hasTerminal)(
  'progress is drawn on a terminal, with bar, rate and time left, and is gone at the end',
  async () => {
    const slow = await startScriptedVault(undefined, 60);
    try {
      const entries = Array.from({ length: 60 }, (_, index) =>
        index === 20 ? { ...sealed(index), password: PLAIN } : sealed(index),
      );
      const { code, screen } = await atTerminal(['push', 'sealed.ndjson', '--concurrency', '4'], [], {
        env: { ...environment(), CLOUDCRUISE_BASE_URL: slow.url },
        files: { 'sealed.ndjson': asLines(entries) },
        stdout: '/dev/tty',
      });
      expect(code).toBe(1);
      expect(screen).toMatch(/\r\[=*> *\] \d+ % {2}\d+ entries {2}\d+\/s {2}\d+:\d\d left/);
      expect(screen).toContain('\r\x1b[Kline 21 (user-20, https://example.com): ');
      expect(screen.split('\r\x1b[K').at(-1)).toMatch(/^60 read: 59 created, 1 not sent/);
    } finally {
      await slow.close();
    }
  },
);
