import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isShortestJson } from '../../src/bulk/shortest-json.js';
import { indexOfDuplicateMember } from '../../src/duplicate-member.js';
import { rounds } from '../rounds.js';

const isShortest = (json: string) => isShortestJson(json, JSON.parse(json));

describe('a JSON text that is as short as its value allows', () => {
  test.each([
    '{"a":""}',
    '{"permissioned_user_id":"u","password":"päss 🎉"}',
    '{"a":true,"b":false,"c":null}',
    '{"__proto__":"x","":"y"}',
  ])('is found: %s', (json) => {
    expect(isShortest(json)).toBe(true);
  });

  test.each([
    '{"a":"x","a":"x"}',
    String.raw`{"a":"x","\u0061":"x"}`,
    '{"a":"","a":"xxxxxxx"}',
    '{"a":"x" }',
    '{"a":"x"}\r',
    String.raw`{"a":"\n"}`,
    // As JavaScript would write it, the number has as many characters more as the second member takes.
    '{"a":1e10,"b":"","b":""}',
    '{"a":{},"b":"1234567","b":"1234567"}',
    '{"a":[],"b":"x","b":"x"}',
    '[{"a":1,"a":2}]',
    '["a"    ]',
    '"a"',
    'null',
    '7',
  ])('is not this: %s', (json) => {
    expect(isShortest(json)).toBe(false);
  });

  test('has no member twice, whatever is in it', () => {
    const text = fc.oneof(fc.constantFrom('', 'a', 'b'), fc.string({ maxLength: 4 }));
    const written = fc.oneof(
      text.map((value) => JSON.stringify(value)),
      fc.constantFrom(
        'true',
        'null',
        '1e9',
        '0.10',
        '{}',
        '[]',
        '[""]',
        '{"a":"","a":""}',
        '"\\u0061"',
        ' ""',
      ),
    );
    const member = fc.tuple(text, written).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
    let shortest = 0;
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), (members) => {
        const json = `{${members.join(',')}}`;
        if (!isShortest(json)) return;
        shortest += 1;
        expect(indexOfDuplicateMember(json)).toBe(-1);
      }),
      { numRuns: rounds(3000, 20_000) },
    );
    expect(shortest).toBeGreaterThan(rounds(200, 1000));
  });
});
