import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { indexOfDuplicateMember } from '../src/duplicate-member.js';
import { guardFetch } from '../src/index.js';
import { KEY, payload } from './preflight/payloads.js';

test.each([
  ['{"a":1,"a":2}', '"a":2'],
  ['{"a":1,"\\u0061":2}', '"\\u0061":2'],
  ['[{"b":{"a":1 , "a" :2}}]', '"a" :2'],
  ['{"a":"\\"","b":[],"a":{}}', '"a":{}'],
  ['{"":1,"c":"\\\\","":2}', '"":2'],
  ['{"a":{"a":1},"b":[{"a":1}],"a"\n:2}', '"a"\n:2'],
  ['{"__proto__":1,"x":"__proto__","__proto__":2}', '"__proto__":2'],
])('a member twice is found, where it comes again: %s', (json, again) => {
  expect(indexOfDuplicateMember(json)).toBe(json.lastIndexOf(again));
});

test('what JSON.stringify writes has none', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.integer({ min: 0, max: 3 }),
      (json, indent) => indexOfDuplicateMember(JSON.stringify(JSON.parse(json), null, indent)) === -1,
    ),
  );
});

test('any member written once more is found', () => {
  const members = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, noNullPrototype: true });
  fc.assert(
    fc.property(members, fc.nat(), fc.jsonValue(), (object, which, before) => {
      const names = Object.keys(object);
      const name = JSON.stringify(names[which % names.length]);
      const json = `${JSON.stringify([before, object]).slice(0, -'}]'.length)},${name}:0}]`;
      return indexOfDuplicateMember(json) === json.length - `${name}:0}]`.length;
    }),
  );
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
