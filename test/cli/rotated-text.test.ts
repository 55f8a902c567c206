import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchanged } from '../../src/cli/rotated-text.js';

const hex = (digit: string) => digit.repeat(60);
const [OLD, NEW, OTHER] = [hex('a'), hex('b'), hex('c')];

describe('the text of an entry with its sealed values exchanged', () => {
  test('has the new value in the place of the old one, and all else as it was', () => {
    const sealed = fc.stringMatching(/^[0-9a-fA-F]{60}$/);
    fc.assert(
      fc.property(fc.jsonValue(), sealed, sealed, fc.nat({ max: 4 }), (value, old, fresh, indent) => {
        fc.pre(old !== fresh);
        const text = (password: string) => JSON.stringify({ password, value, n: 1 }, null, indent);
        const result = exchanged(text(old), [[old, fresh]]);
        // A value that has an escape of its own is written anew; nothing is ever exchanged wrongly.
        if (result === undefined) expect(text(old)).toMatch(/\\\\u00/);
        else expect(result).toBe(text(fresh));
      }),
    );
  });

  test('nothing to exchange is the text itself', () => {
    expect(exchanged('[ 1e400 ]', [])).toBe('[ 1e400 ]');
  });

  test.each<[string, string]>([
    ['is not there', '{"password":"x"}'],
    ['is there twice', JSON.stringify({ a: OLD, b: OLD })],
    ['is there as a name too', JSON.stringify({ [OLD]: 1, b: OLD })],
    ['is only part of a text', JSON.stringify({ a: ` ${OLD}` })],
    ['is there once, and once more in escapes', `{"note":"${OLD}","password":"\\u0061${OLD.slice(1)}"}`],
    ['is of the other case', JSON.stringify({ a: OLD.toUpperCase() })],
  ])('it is not done where the old value %s', (_, text) => {
    expect(exchanged(text, [[OLD, NEW]])).toBeUndefined();
  });

  test('nor where two values are one, for each has a new one of its own', () => {
    const text = JSON.stringify({ a: OLD, b: OLD });
    expect(
      exchanged(text, [
        [OLD, NEW],
        [OLD, OTHER],
      ]),
    ).toBeUndefined();
  });
});
