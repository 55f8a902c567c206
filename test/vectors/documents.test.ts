import { readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { CredsealErrorCode } from '../../src/errors.js';
import { documents, FOLDER, testsOf, textOf } from './vectors.js';

const CODES: readonly CredsealErrorCode[] = [
  'ERR_KEY_FORMAT',
  'ERR_SEALED_FORMAT',
  'ERR_OPEN_FAILED',
  'ERR_PLAINTEXT_FORMAT',
  'ERR_ALREADY_SEALED',
  'ERR_TOTP_FORMAT',
  'ERR_TOTP_UNSUPPORTED',
  'ERR_INTERVAL_FORMAT',
  'ERR_ENTRY_INVALID',
  'ERR_PREFLIGHT',
  'ERR_KEY_FILE',
  'ERR_HANDOFF',
  'ERR_MANIFEST',
];

test('there is a file for each part of the format', () => {
  expect(Object.keys(documents)).toEqual(
    expect.arrayContaining([
      'domains.json',
      'entries.json',
      'fingerprints.json',
      'intervals.json',
      'keys.json',
      'manifests.json',
      'malformed-values.json',
      'preflight.json',
      'published-clients.json',
      'sealed-values.json',
      'totp-secrets.json',
    ]),
  );
});

test('the folder stays below 2 MB, and a file of vectors has no other member than its schema', () => {
  const sizes = Object.keys(documents).map((name) => textOf(name).length);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(2_000_000);
  expect(readdirSync(new URL('schema/', FOLDER)).sort()).toEqual(Object.keys(documents).sort());
});

describe.each(Object.entries(documents))('%s', (name, document) => {
  const tests = testsOf(document);
  const ajv = new Ajv2020({ allErrors: true });

  test('satisfies its schema', () => {
    const schema = JSON.parse(textOf(document.schema));
    expect(ajv.validateSchema(schema)).toBe(true);
    const validate = ajv.compile(schema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('and its schema refuses a test that lacks its result, its code, or a flag that has a note', () => {
    const validate = ajv.compile(JSON.parse(textOf(document.schema)));
    const damaged = (damage: (test: Record<string, unknown>) => void) => {
      const copy = structuredClone(document);
      damage(testsOf(copy).at(-1) as unknown as Record<string, unknown>);
      return copy;
    };
    expect(validate(damaged(() => undefined))).toBe(true);
    expect(validate(damaged((last) => delete last.result))).toBe(false);
    expect(validate(damaged((last) => Object.assign(last, { result: 'acceptable' })))).toBe(false);
    expect(validate(damaged((last) => Object.assign(last, { flags: ['Unheard'] })))).toBe(false);
    expect(validate(damaged((last) => Object.assign(last, { surplus: 1 })))).toBe(false);
    const withOtherCode = damaged((last) =>
      last.result === 'valid' ? Object.assign(last, { code: 'ERR_OPEN_FAILED' }) : delete last.code,
    );
    expect(validate(withOtherCode)).toBe(false);
  });

  test('has as many tests as it says, numbered from 1', () => {
    expect(tests.map(({ tcId }) => tcId)).toEqual(Array.from({ length: tests.length }, (_, at) => at + 1));
    expect(document.numberOfTests).toBe(tests.length);
  });

  test('has a note for each flag, and a test for each note', () => {
    expect([...new Set(tests.flatMap(({ flags }) => flags))].sort()).toEqual(
      Object.keys(document.notes).sort(),
    );
  });

  test('has at least as many invalid tests as valid ones, each with a code of the library', () => {
    const invalid = tests.filter(({ result }) => result === 'invalid');
    expect(invalid.length).toBeGreaterThanOrEqual(tests.length - invalid.length);
    for (const { code } of invalid) expect(CODES).toContain(code);
  });

  test('has no two tests alike', () => {
    const asked = document.testGroups.flatMap(({ methods, tests: members }) =>
      members.map(({ tcId, comment, flags, ...rest }) => JSON.stringify([methods, rest])),
    );
    expect(asked.filter((each, at) => asked.indexOf(each) !== at)).toEqual([]);
  });

  test('is ASCII, so that no editor and no normalisation can change a value', () => {
    expect(textOf(name)).toMatch(/^[\n\x20-\x7e]+$/);
  });
});

describe('the vectors have what they are said to have', () => {
  const values = testsOf(documents['sealed-values.json'] as (typeof documents)[string]);
  const plain = values.filter(({ result }) => result === 'valid').map(({ value }) => String(value));

  test.each<[string, RegExp | ((value: string) => boolean)]>([
    ['ASCII', /^[ -~]+$/],
    ['an accent as one code point', /\u00e9/],
    ['an accent as two', /e\u0301/],
    ['an emoji', /\u{1f511}/u],
    [
      'every control character',
      (value) => [...Array(32).keys()].every((code) => value.includes(String.fromCharCode(code))),
    ],
    ['a lone surrogate', (value) => /\p{Cs}/u.test(value)],
    ['U+2028', /\u2028/],
    ['the empty string', /^$/],
    ['one byte', /^.$/],
    ['64 KiB', (value) => Buffer.byteLength(value) === 65_536],
  ])('%s', (_, wanted) => {
    expect(plain.some((value) => (wanted instanceof RegExp ? wanted.test(value) : wanted(value)))).toBe(true);
  });

  test('a damage at every byte of a value', () => {
    const malformed = testsOf(documents['malformed-values.json'] as (typeof documents)[string]);
    const [{ key, sealed }] = malformed as unknown as [{ key: string; sealed: string }];
    const places = new Set<number>();
    for (const { key: other, sealed: text } of malformed) {
      if (other !== key || typeof text !== 'string' || text.length !== sealed.length) continue;
      const changed = [...text].flatMap((digit, at) => (digit === sealed[at] ? [] : [at >> 1]));
      if (new Set(changed).size === 1) places.add(changed[0] as number);
    }
    expect(places.size).toBe(sealed.length / 2);
  });
});
