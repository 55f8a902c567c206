import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchanged, partsOf } from '../../src/cli/tasks/rotated-text.js';

const hex = (digit: string) => digit.repeat(60);
const [OLD, NEW, OTHER] = [hex('a'), hex('b'), hex('c')];
const NAMES = ['password', 'user_name'] as const;

/** The token of a string, with as many of its characters escaped as these flags say. */
const token = (text: string, escapes: readonly boolean[]) =>
  `"${Array.from(text, (digit, at) =>
    escapes[at % escapes.length] ? `\\u${digit.charCodeAt(0).toString(16).padStart(4, '0')}` : digit,
  ).join('')}"`;

const sealed = fc.stringMatching(/^[0-9a-fA-F]{60}$/);
const escapes = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
/** Members that are nobody's credentials, hostile ones among them. */
const members = fc.dictionary(
  fc
    .oneof(fc.string(), fc.constantFrom('', '__proto__', 'x":"y', '\\', '},{', OLD))
    .filter((name) => !NAMES.some((known) => known === name)),
  fc.oneof(fc.jsonValue(), fc.constantFrom(OLD, `"${OLD}"`, `\\"${OLD}`, [OLD, { password: OLD }])),
  { noNullPrototype: true },
);

describe('the text of an entry with its credentials exchanged', () => {
  test('has the new values in the place of the old ones, and all else as it was', () => {
    fc.assert(
      fc.property(members, members, sealed, escapes, escapes, space, (ahead, behind, old, one, two, gap) => {
        const rest = (of: object) =>
          Object.entries(of).map(([name, value]) => `${gap}${JSON.stringify(name)}:${JSON.stringify(value)}`);
        const text = (first: string, second: string) =>
          `${gap}{${[
            ...rest(ahead),
            `${gap}${token('password', one)}${gap}:${gap}${first}${gap}`,
            '"n": [1e400, 12345678901234567890, -0.0]',
            `${token('user_name', two)}:${second}`,
            ...rest(behind),
          ].join(',')}}${gap}`;
        // One old value in both places: each has a new one of its own.
        const before = text(token(old, one), token(old, two));
        const changes = new Map([
          ['password', NEW],
          ['user_name', OTHER],
        ]);
        expect(exchanged(before, changes)).toBe(text(`"${NEW}"`, `"${OTHER}"`));
        changes.delete('user_name');
        expect(exchanged(before, changes)).toBe(text(`"${NEW}"`, token(old, two)));
      }),
    );
  });

  test('nothing to exchange is the text itself', () => {
    expect(exchanged('{ "n": 1e400 }', new Map())).toBe('{ "n": 1e400 }');
  });

  test('a member of the same name further inside is left alone', () => {
    const text = `{"a":{"password":"${OLD}"},"b":[{"password":"${OLD}"}],"password":"${OLD}"}`;
    expect(JSON.parse(exchanged(text, new Map([['password', NEW]])))).toEqual({
      a: { password: OLD },
      b: [{ password: OLD }],
      password: NEW,
    });
  });

  test('a string of many megabytes of escapes is no burden', () => {
    const storage = JSON.stringify('"\\'.repeat(2 ** 21));
    const text = (value: string) => `{"local_storage":${storage},"password":"${value}"}`;
    expect(exchanged(text(OLD), new Map([['password', NEW]])) === text(NEW)).toBe(true);
  });
});

test('a text is cut into its elements or members, and comes together again', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
      fc.nat({ max: 4 }),
      (value, indent) => {
        const text = ` ${JSON.stringify(value, null, indent)}\n`;
        const { before, parts, after } = partsOf(text);
        expect(before + parts.join(',') + after).toBe(text);
        if (!Array.isArray(value)) expect(parts).toHaveLength(Math.max(1, Object.keys(value).length));
        else if (value.length > 0)
          expect(parts.map((part) => JSON.stringify(JSON.parse(part)))).toEqual(
            value.map((element) => JSON.stringify(element)),
          );
      },
    ),
  );
});
