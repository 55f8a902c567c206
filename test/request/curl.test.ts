import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toCurl } from '../../src/request/curl.js';
import type { VaultRequest } from '../../src/request/vault-requests.js';
import { REF } from '../entry/sealing.js';
import { expectHidden, refusal } from '../refusal.js';
import { rounds } from '../rounds.js';
import { echoServer } from './echo-server.js';
import { API_KEY, allRequests, ENTRY, vault } from './requests.js';

const run = promisify(execFile);
const hasCurl = existsSync('/usr/bin/curl');
const hasShell = existsSync('/bin/sh');

const ODD = [
  "it's",
  "'; echo pwned; '",
  "''''",
  '"double"',
  '$HOME $$ $(id) `id` $' + '{HOME}',
  '$CLOUDCRUISE_API_KEY',
  'back\\slash \\n \\',
  'line\nbreak\r\ntab\t',
  'a & b | c > d < e ; f',
  '!history ~ # comment * ? [a-z] {1,2}',
  '日本語 🎉 é e\u0301',
  '@/etc/passwd',
  '-X DELETE',
  '%s %d %%',
  ' ',
  '\u0001\u007f\u0085\u2028',
];
const entryOf = (odd: string) => ({
  ...ENTRY,
  permissioned_user_id: odd,
  user_alias: odd,
  session_storage: { [odd]: odd },
});

/** The words that a shell makes of a command, without running it. */
function wordsOf(command: string): string[] {
  // The function named curl is what the shell runs; it writes its arguments apart by NUL.
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const env = { CLOUDCRUISE_API_KEY: API_KEY, HOME: '/nonexistent' };
  return execFileSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

const expectedWords = ({ method, url, headers, body }: VaultRequest) => [
  '--request',
  method,
  url,
  ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  ...(body === undefined ? [] : ['--data-raw', body]),
];

describe('toCurl', () => {
  test.each(allRequests(vault()).map((request) => ({ request, ...request })))(
    '$method $url: shows the variable in place of the API key',
    ({ request }) => {
      const command = toCurl(request);
      expect(command).toContain('"cc-key: $CLOUDCRUISE_API_KEY"');
      expect(command).not.toContain('sk_test');
      expect(command).not.toContain('QZXJWVKY');
    },
  );

  test('hides the API key under whatever case of the header', () => {
    for (const name of ['CC-Key', 'CC-KEY', 'Cc-kEY']) {
      expect(toCurl({ ...vault().list(), headers: { [name]: 'sk_secret' } })).not.toContain('sk_secret');
    }
  });

  test('shows no credential and no key', () => {
    const command = toCurl(vault().create(ENTRY));
    expect(command).not.toMatch(/hunter2|JBSWY3DP|0123456789abcdef/);
  });

  test('leaves the request as it is', () => {
    const request = Object.freeze(vault().create(ENTRY));
    const before = structuredClone(request);
    toCurl(request);
    expect(request).toStrictEqual(before);
  });

  const valid = vault().delete(REF);
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'curl https://example.com'],
    ['a list', [valid]],
    ['nothing', {}],
    ['a request without headers', { method: 'GET', url: 'https://example.com' }],
    ['a request with null for headers', { ...valid, headers: null }],
    ['a request with a list of headers', { ...valid, headers: [['cc-key', API_KEY]] }],
    ['a request with a number in its headers', { ...valid, headers: { 'cc-key': API_KEY, x: 5 } }],
    ['a request with a symbol in its headers', { ...valid, headers: { x: Symbol('x') } }],
    ['a request without URL', { ...valid, url: undefined }],
    ['a request with a URL object', { ...valid, url: new URL('https://example.com') }],
    ['a request without method', { ...valid, method: undefined }],
    ['a request with a symbol for method', { ...valid, method: Symbol('GET') }],
    ['a request with a list for method', { ...valid, method: ['GET'] }],
    ['a request with a command in its method', { ...valid, method: 'GET; rm -rf /' }],
    ['a request with a line break in its method', { ...valid, method: 'GET\n' }],
    ['a request with a number for body', { ...valid, body: 5 }],
    ['a request with an object for body', { ...valid, body: ENTRY }],
    ['a request with null for body', { ...valid, body: null }],
  ])('refuses %s', (_, request) => {
    const error = refusal('ERR_REQUEST_INVALID', () => toCurl(request as VaultRequest));
    expectHidden(error, 'sk_test_QZXJWVKY');
  });
});

describe.runIf(hasShell)('a POSIX shell takes from the command just what is in the request', () => {
  test.each(ODD)('%j', (odd) => {
    const ref = { permissioned_user_id: odd, domain: `https://example.com/'${odd}` };
    const baseUrl = "https://example.com/it's/$HOME/`x`";
    const requests = vault({ baseUrl });
    for (const request of [...allRequests(requests, ref), requests.create(entryOf(odd))]) {
      expect(wordsOf(toCurl(request))).toEqual(expectedWords(request));
    }
  });

  test('whatever an alias is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: fc.constantFrom(...'\'"\\$`!\n ;&|a') }), fc.string({ unit: 'binary' })),
        (user_alias) => {
          const request = vault().update({ ...REF, user_alias });
          expect(wordsOf(toCurl(request))).toEqual(expectedWords(request));
        },
      ),
      { numRuns: rounds(10, 60) },
    );
  });
});

describe.runIf(hasCurl && hasShell)('curl sends what fetch sends', () => {
  let server: Awaited<ReturnType<typeof echoServer>>;
  beforeAll(async () => {
    server = await echoServer();
  });
  afterAll(() => server.close());

  const sendBothWays = async (request: VaultRequest) => {
    // No home, so that nobody's .curlrc has a say.
    const env = { CLOUDCRUISE_API_KEY: API_KEY, PATH: '/usr/bin:/bin', HOME: '/nonexistent', NO_PROXY: '*' };
    await fetch(request.url, request);
    await run('/bin/sh', ['-c', `${toCurl(request)} --silent`], { env });
    const [byFetch, byCurl, ...more] = server.take();
    expect(byFetch?.headers['cc-key']).toBe(API_KEY);
    expect(byCurl).toEqual(byFetch);
    expect(more).toEqual([]);
  };

  test('in each call', async () => {
    const requests = vault({ baseUrl: `${server.url}/it's%20$HOME` });
    for (const request of allRequests(requests)) await sendBothWays(request);
  });

  test.each(ODD)('of %j', async (odd) => {
    const ref = { permissioned_user_id: odd, domain: `https://example.com/${odd}` };
    const requests = vault({ baseUrl: server.url });
    for (const request of [requests.create(entryOf(odd)), requests.get(ref), requests.delete(ref)]) {
      await sendBothWays(request);
    }
  });
});
