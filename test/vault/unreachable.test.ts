import { expect, test } from 'vitest';
import { sendEntry } from '../../src/bulk/push/send-entry.js';
import { exchangeOf } from '../../src/vault/exchange.js';
import { unreachable } from '../../src/vault/unreachable.js';
import { KEY } from '../emulator/local-vault.js';

const failed = (code: unknown, message = 'fetch failed') =>
  new TypeError(message, { cause: Object.assign(new Error('MARKER'), { code }) });

test.each([
  ['ECONNREFUSED', ': nobody answers at that address'],
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
  const sent = await sendEntry(
    { permissioned_user_id: 'a', domain: 'https://example.com' },
    {
      how: exchangeOf({
        apiKey: 'k',
        keys: KEY,
        baseUrl: 'https://vault.example',
        retries,
        timeout: 1000,
        fetch: async () => {
          if (isStopped) stop.abort();
          throw failed('ECONNREFUSED');
        },
      }),
      mode: 'create',
      stop,
    },
  );
  expect(sent).toMatchObject({
    status: 'refused',
    reason: `The vault at https://vault.example cannot be reached: nobody answers at that address; ${said}`,
  });
});
