import { expect, test } from 'vitest';
import { sendEntry } from '../../src/bulk/push/send-entry.js';
import { CutOff } from '../../src/vault/attempt.js';
import { exchangeOf } from '../../src/vault/exchange.js';
import { unreachable } from '../../src/vault/unreachable.js';
import { KEY } from '../emulator/local-vault.js';

const ENTRY = { permissioned_user_id: 'a', domain: 'https://example.com' };
const sender = (
  how: { retries?: number; timeout?: number; fetch: typeof globalThis.fetch },
  stop = new AbortController(),
) => ({
  how: exchangeOf({
    apiKey: 'k',
    keys: KEY,
    baseUrl: 'https://vault.example',
    retries: 5,
    timeout: 1000,
    ...how,
  }),
  mode: 'create' as const,
  stop,
});

const failed = (code: unknown, message = 'fetch failed') =>
  new TypeError(message, { cause: Object.assign(new Error('MARKER'), { code }) });

test.each([
  ['ECONNREFUSED', ': nothing answers at that address'],
  ['ENOTFOUND', ': its name is not known'],
  ['UND_ERR_CONNECT_TIMEOUT', ': no connection came about in time'],
  ['CERT_HAS_EXPIRED', ': its certificate has expired'],
  ['MARKER', ''],
  ['constructor', ''],
  [undefined, ''],
])('%s is told in words of ours, with the origin alone', (code, why) => {
  const told = unreachable('https://vault.example/MARKER?user=MARKER', failed(code, 'MARKER'));
  expect(told).toBe(`The vault at https://vault.example cannot be reached${why}`);
});

test('what takes too long is told apart', () => {
  const late = new DOMException('MARKER', 'TimeoutError');
  expect(unreachable('https://vault.example/MARKER', late)).toBe(
    'The vault at https://vault.example does not answer in time',
  );
});

test('what breaks off is told apart', () => {
  expect(unreachable('https://vault.example/MARKER', new CutOff())).toBe(
    'The vault at https://vault.example ends its answer too early',
  );
});

/** What a runtime may do instead of ending a call when it is told to. */
const deaf: [string, () => Promise<Response>][] = [
  ['a call that never ends', () => new Promise(() => undefined)],
  ['an answer that never ends', async () => new Response(new ReadableStream())],
];
test.each(deaf)('%s is given up in time, whether or not it heeds the signal', async (_, fetch) => {
  const sent = await sendEntry(ENTRY, sender({ retries: 0, timeout: 50, fetch }));
  expect(sent).toMatchObject({
    status: 'refused',
    reason: 'The vault at https://vault.example does not answer in time; given up after 1 attempt.',
  });
});

test('the time limit of a call keeps the process alive, and is over with the call', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  let during = 0;
  const fetch = async () => {
    during = timers();
    return Response.json(ENTRY, { status: 201 });
  };
  expect(await sendEntry(ENTRY, sender({ fetch }))).toEqual({ status: 'created' });
  expect(during).toBe(before + 1);
  expect(timers()).toBe(before);
});

test.each([[null], ['MARKER'], [new Error('MARKER')], [new Error('MARKER', { cause: 'MARKER' })]])(
  'anything else has no reason: %s',
  (error) => {
    expect(unreachable('https://vault.example', error)).toBe(
      'The vault at https://vault.example cannot be reached',
    );
  },
);

test.each([
  [true, 5, 'not tried again, for the push had stopped.'],
  [true, 0, 'given up after 1 attempt.'],
  [false, 1, 'given up after 2 attempts.'],
])('stopped: %s, with %i retries: %s', async (isStopped, retries, said) => {
  const stop = new AbortController();
  const fetch = async () => {
    if (isStopped) stop.abort();
    throw failed('ECONNREFUSED');
  };
  const sent = await sendEntry(ENTRY, sender({ retries, fetch }, stop));
  expect(sent).toMatchObject({
    status: 'refused',
    reason: `The vault at https://vault.example cannot be reached: nothing answers at that address; ${said}`,
  });
});
