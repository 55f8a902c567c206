import fc from 'fast-check';
import { fieldEntries } from '../../src/entry/fields.js';

const names = fieldEntries.map(([name]) => name);
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', 'AUTHENTICATOR', 'EMAIL', 'random', 'custom', true, 0, 1, -1, 1.5, 7, [], {}),
  fc.constantFrom(
    'https://example.com',
    'example.com',
    'https://*.example.com',
    'https://user:pw@example.com/',
  ),
  fc.constantFrom('01:30:00', { days: 7 }, { day: 7 }, { days: -1 }, '203.0.113.7', { enable: true }),
  fc.constantFrom([{ name: 'a', value: 'b' }], [{ name: 'a' }], [{ name: 'a', value: 'b', domain: 'c' }]),
);

/** A field of the table, a misspelt one, or one of nobody, with anything that JSON can carry. */
export const arbitraryField = fc.tuple(
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.constantFrom('passwrod', 'x')),
  values,
);
