import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonBreaksAt } from '../src/json-position.js';
import { rounds } from './rounds.js';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON with some characters lost, doubled, or put in from elsewhere. */
const damagedJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(
      fc.record({
        at: fc.nat(200),
        lost: fc.nat(3),
        added: fc.constantFrom(
          '',
          '"',
          '\\',
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '0',
          '-',
          '.',
          'e',
          'tru',
          ' ',
          '\n',
          '\x1f',
          '\u2028',
          '\\u12',
          'é',
        ),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([json, damages]) =>
    damages.reduce((text, { at, lost, added }) => text.slice(0, at) + added + text.slice(at + lost), json),
  );

describe('jsonBreaksAt agrees with JSON.parse', () => {
  test('on what is JSON', () => {
    fc.assert(
      fc.property(fc.oneof(damagedJson, fc.json(), fc.string()), (text) => {
        expect(jsonBreaksAt(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: rounds(600, 3000) },
    );
  });

  test('on the place, wherever the parser tells it', () => {
    fc.assert(
      fc.property(damagedJson, (text) => {
        const position = positionOf(text);
        if (position !== undefined) expect(jsonBreaksAt(text)).toBe(position);
      }),
      { numRuns: rounds(600, 3000) },
    );
  });

  test('what comes before the place is not at fault: it only ends too early', () => {
    fc.assert(
      fc.property(damagedJson, (text) => {
        const at = jsonBreaksAt(text);
        if (at !== undefined) expect([at, undefined]).toContain(jsonBreaksAt(text.slice(0, at)));
      }),
      { numRuns: rounds(600, 3000) },
    );
  });
});

test.each<[string, number]>([
  ['', 0],
  [' ', 1],
  ['{', 1],
  ['[1,]', 3],
  ['[,1]', 1],
  ['{"a":1,}', 7],
  ['{"a"}', 4],
  ['{"a":}', 5],
  ['{1:2}', 1],
  ['[1 2]', 3],
  ['[}', 1],
  ['{]', 1],
  ['[1}', 2],
  ['01', 1],
  ['1 1', 2],
  ['"abc', 4],
  ['"a\nb"', 2],
  ['"\\x"', 1],
  ['"\\u12G4"', 1],
  ['nul', 0],
  ['NaN', 0],
  ['\u00a0{}', 0],
])('%j breaks at %i', (text, at) => {
  expect(jsonBreaksAt(text)).toBe(at);
});

test('takes no stack for nesting, and no time for length', () => {
  expect(jsonBreaksAt('['.repeat(1_000_000))).toBe(1_000_000);
  expect(jsonBreaksAt(`"${'\\n'.repeat(1_000_000)}`)).toBe(2_000_001);
});

/** Where the parser says it is, if that is not inside what it quotes, and not inside a string, number or word. */
function positionOf(text: string): number | undefined {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const found =
      /^(?:Expected [^0-9]* in JSON|Unexpected non-whitespace character after JSON) at position (\d+)/.exec(
        message,
      );
    return found === null ? undefined : Number(found[1]);
  }
  return undefined;
}
