import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { CREDENTIALS, ENTRY, plainCredentials, SETTINGS, second, unsealed } from './entries.js';
import { runHere } from './in-process.js';
import { type Given, shell } from './run.js';
import { WITH_KEY } from './sealing.js';

const line = JSON.stringify(ENTRY);
const update = JSON.stringify({ ...ENTRY, id: '123e4567-e89b-12d3-a456-426614174000' });
const request = (options: string[] = [], given: Given = {}) =>
  runHere(['request', ...options], { stdin: line, env: WITH_KEY, ...given });

const BASE = 'https://api.cloudcruise.com';
const API_KEY = '$CLOUDCRUISE_API_KEY';
const JSON_TYPE = 'application/json';

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Gives a text to a real HTTP server, as bytes on one connection, and what the server made of it. */
async function parsedByServer(text: string, count: number): Promise<Received[]> {
  const received: Received[] = [];
  const server = createServer(async (message, answer) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const { method, url, headers } = message;
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    answer.end();
    if (received.length === count) socket.end();
  });
  server.on('clientError', (error, socket) => socket.destroy(error));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  try {
    socket.resume().write(text);
    await once(socket, 'close');
    return received;
  } finally {
    server.close();
  }
}

/** Runs the text as a script, in which `curl` writes down its arguments and the shell knows the API key. */
async function curlArguments(script: string): Promise<string[][]> {
  const { code, stdout, stderr } = await shell(
    `curl() { for argument in "$@"; do printf '%s\\0' "$argument"; done; printf '\\0'; }\n${script}`,
    { env: { CLOUDCRUISE_API_KEY: 'sk_test' } },
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\0\0')
    .slice(0, -1)
    .map((call) => call.split('\0'));
}

describe('request --json', () => {
  test.concurrent.each<[string, string[], string, string]>([
    ['create', [], line, 'POST'],
    ['update', ['--update'], update, 'PUT'],
  ])('is what fetch takes, with a place for the API key: %s', async (_, options, stdin, method) => {
    const { code, stdout, stderr } = await request(['--json', ...options], { stdin });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { body, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({
      method,
      url: `${BASE}/vault`,
      headers: { 'cc-key': API_KEY, 'content-type': JSON_TYPE },
    });
    expect(unsealed(JSON.parse(body))).toMatchObject({ credentials: CREDENTIALS, settings: SETTINGS });
    for (const plain of plainCredentials) expect(stdout).not.toContain(plain);
  });

  test.concurrent.each<[string, string, RegExp]>([
    ['an array', `[${line},${JSON.stringify(second)}]`, /^\[\{.*\}\]\n$/],
    ['NDJSON', `${line}\n${JSON.stringify(second)}\n`, /^\{.*\}\n\{.*\}\n$/],
    ['an object in many lines', JSON.stringify(ENTRY, null, 2), /^\{\n {2}"method".*\n\}\n$/s],
  ])('comes in the form of the entries: %s', async (_, stdin, form) => {
    const { stdout } = await request(['--json'], { stdin });
    expect(stdout).toMatch(form);
  });
});

describe('request --http', () => {
  test.concurrent('is a message that a server understands', async () => {
    const { code, stdout } = await request(['--http', '--base-url', 'http://127.0.0.1:8080/gateway/']);
    expect(code).toBe(0);
    const [message] = await parsedByServer(stdout, 1);
    expect(message).toMatchObject({
      method: 'POST',
      url: '/gateway/vault',
      headers: { host: '127.0.0.1:8080', 'cc-key': API_KEY, 'content-type': JSON_TYPE },
    });
    expect(unsealed(JSON.parse(message?.body ?? ''))).toEqual({
      credentials: CREDENTIALS,
      settings: SETTINGS,
    });
  });

  test.concurrent('many of them can go over one connection', async () => {
    const stdin = `${line}\n${JSON.stringify(second)}\n${update}\n`;
    const { stdout } = await request(['--http', '--update'], { stdin });
    const messages = await parsedByServer(stdout, 3);
    expect(messages.map(({ method, url, headers }) => [method, url, headers.host])).toEqual(
      Array(3).fill(['PUT', '/vault', 'api.cloudcruise.com']),
    );
    expect(messages.map(({ body }) => JSON.parse(body).permissioned_user_id)).toEqual([
      'user-1',
      'user-2',
      'user-1',
    ]);
  });
});

describe('request --curl, which is the default', () => {
  test.concurrent.each<[string, string[]]>([
    ['--curl', ['--curl']],
    ['nothing', []],
  ])('is a command that a shell understands, and puts the API key in: %s', async (_, options) => {
    const { code, stdout } = await request(options);
    expect(code).toBe(0);
    const [call = [], ...others] = await curlArguments(stdout);
    expect(others).toEqual([]);
    expect(call.slice(0, -1)).toEqual([
      '--request',
      'POST',
      `${BASE}/vault`,
      '--header',
      'cc-key: sk_test',
      '--header',
      `content-type: ${JSON_TYPE}`,
      '--data-raw',
    ]);
    expect(unsealed(JSON.parse(call.at(-1) ?? ''))).toEqual({ credentials: CREDENTIALS, settings: SETTINGS });
  });

  test.concurrent('many of them are a script', async () => {
    const { stdout } = await request(['--update'], { stdin: `[${line},${update}]` });
    const calls = await curlArguments(stdout);
    expect(calls.map(([, method]) => method)).toEqual(['PUT', 'PUT']);
  });
});

describe('request', () => {
  test.concurrent.each([[[]], [['--curl']], [['--http']], [['--json']]])(
    'never prints an API key that is set: %j',
    async (options) => {
      const key = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc';
      const { code, stdout, stderr } = await request(options, {
        env: { ...WITH_KEY, CLOUDCRUISE_API_KEY: key },
      });
      expect(code).toBe(0);
      expect(stdout).toContain(API_KEY);
      expect(stdout + stderr).not.toContain(key);
    },
  );

  test.concurrent.each<[string, string[], Record<string, string>, string]>([
    ['--base-url', ['--base-url', 'https://vault.example/'], {}, 'https://vault.example/vault'],
    [
      'CLOUDCRUISE_BASE_URL',
      [],
      { CLOUDCRUISE_BASE_URL: 'https://vault.example/v1' },
      'https://vault.example/v1/vault',
    ],
    ['an empty CLOUDCRUISE_BASE_URL is none', [], { CLOUDCRUISE_BASE_URL: '' }, `${BASE}/vault`],
    [
      '--base-url over CLOUDCRUISE_BASE_URL',
      ['--base-url', 'https://vault.example'],
      { CLOUDCRUISE_BASE_URL: 'http://vault.example' },
      'https://vault.example/vault',
    ],
    [
      '--env-file over the environment',
      ['--env-file', 'env'],
      { CLOUDCRUISE_BASE_URL: 'https://other.example' },
      'https://vault.example/vault',
    ],
    ['http to 127.0.0.1', ['--base-url', 'http://127.0.0.1:8080'], {}, 'http://127.0.0.1:8080/vault'],
    ['http to [::1]', ['--base-url', 'http://[::1]:8080'], {}, 'http://[::1]:8080/vault'],
    ['http to localhost', ['--base-url', 'http://localhost'], {}, 'http://localhost/vault'],
  ])('goes to: %s', async (_, options, env, url) => {
    const files = {
      env: `CLOUDCRUISE_ENCRYPTION_KEY=${WITH_KEY.CLOUDCRUISE_ENCRYPTION_KEY}\nCLOUDCRUISE_BASE_URL=https://vault.example\n`,
    };
    const { stdout, stderr } = await request(['--json', ...options], { env: { ...WITH_KEY, ...env }, files });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).url).toBe(url);
  });

  const http = 'http://vault.example';
  test.concurrent.each<[string, string[], Record<string, string>]>([
    ['http to another machine', ['--base-url', http], {}],
    ['http to another machine, by CLOUDCRUISE_BASE_URL', [], { CLOUDCRUISE_BASE_URL: http }],
    ['http to a name that begins like a loopback address', ['--base-url', 'http://127.0.0.1.example'], {}],
    ['no scheme', ['--base-url', 'vault.example'], {}],
    ['another scheme', ['--base-url', 'ftp://vault.example'], {}],
    ['a user name', ['--base-url', 'https://ada@vault.example'], {}],
    ['a query', ['--base-url', 'https://vault.example/?a=b'], {}],
    ['nothing', ['--base-url', ''], {}],
    ['--curl and --http', ['--curl', '--http'], {}],
    ['--curl and --json', ['--json', '--curl'], {}],
    ['--http and --json', ['--http', '--json'], {}],
    ['all three', ['--curl', '--http', '--json'], {}],
  ])('ends with 2 and prints nothing: %s', async (_, options, env) => {
    const outcome = await request(options, { env: { ...WITH_KEY, ...env } });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/base URL|exclude/);
  });

  test.concurrent.each([[[]], [['--http']], [['--json']]])(
    'writes the good ones of many, reports the bad ones and ends with 1: %j',
    async (options) => {
      const stdin = `${line}\n{"permissioned_user_id":"user-3"}\n${line}\n`;
      const { code, stdout, stderr } = await request(options, { stdin });
      expect(code).toBe(1);
      expect(stderr).toMatch(/line 2\b.*domain/);
      expect(stdout.match(/\/vault/g)).toHaveLength(2);
    },
  );

  test.concurrent('one that is invalid ends with 4', async () => {
    const outcome = await request([], { stdin: '{"permissioned_user_id":"user-3"}' });
    expect(outcome).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/domain/) });
  });
});
