import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { guardFetch } from '../../src/index.js';
import { hasDuplicateMember } from '../../src/preflight/duplicate-member.js';
import { KEY, payload } from './payloads.js';

test.each(['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '[{"b":{"a":1 , "a" :2}}]', '{"a":"\\"","b":[],"a":{}}'])(
  'a member twice is seen: %s',
  (json) => {
    expect(hasDuplicateMember(json)).toBe(true);
  },
);

test('what JSON.stringify writes has none', () => {
  fc.assert(fc.property(fc.json(), (json) => !hasDuplicateMember(JSON.stringify(JSON.parse(json)))));
});

test('the guard sends no body with a credential twice, of which one is in plain text', async () => {
  const fetch = vi.fn();
  const sealed = JSON.stringify(payload());
  const body = sealed.replace('{', '{"pass\\u0077ord":"hunter2",');
  await expect(
    guardFetch(fetch, { keys: KEY })('https://api.cloudcruise.com/vault', { method: 'POST', body }),
  ).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
  expect(fetch).not.toHaveBeenCalled();
});
