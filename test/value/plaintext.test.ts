import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { sealElsewhere } from './elsewhere.js';

// What authenticates was sealed by somebody with the key, and may still be no credential.

const HEX = '58e6a1d39c047fb2e5d8c1b4a79083726f5e4d3c2b1a09f8e7d6c5b4a3928170';
const key = VaultKey.fromHex(HEX);
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('what opens to something else than a JSON string is refused and not shown', () => {
  test.each<[string, string | Uint8Array]>([
    ['a credential as it is, not serialised', 'Xq7#kLw9vB2m'],
    ['digits', '12345678'],
    ['a number', '-1.5e3'],
    ['null', 'null'],
    ['true', 'true'],
    ['an empty object', '{}'],
    ['an object', '{"password":"Xq7#kLw9vB2m"}'],
    ['an empty array', '[]'],
    ['an array of a string', '["Xq7#kLw9vB2m"]'],
    ['an array too deep to parse', '['.repeat(200_000)],
    ['two values', '"Xq7#kLw9vB2m" "Xq7#kLw9vB2m"'],
    ['a value and more', '"Xq7#kLw9vB2m"x'],
    ['a value and a NUL', '"Xq7#kLw9vB2m"\0'],
    ['a value and a no-break space', '"Xq7#kLw9vB2m"\u00a0'],
    ['a value and a comma', '"Xq7#kLw9vB2m",'],
    ['white space alone', '  \t\n\r '],
    ['a string without an end', '"Xq7#kLw9vB2m'],
    ['a string without a start', 'Xq7#kLw9vB2m"'],
    ['single quotes', "'Xq7#kLw9vB2m'"],
    ['backquotes', '`Xq7#kLw9vB2m`'],
    ['typographic quotes', '“Xq7#kLw9vB2m”'],
    ['a comment', '"Xq7#kLw9vB2m"//'],
    ['a byte order mark before the JSON', '\ufeff"Xq7#kLw9vB2m"'],
    ['a byte order mark behind the JSON', '"Xq7#kLw9vB2m"\ufeff'],
    ['a line break within the string', '"Xq7#\nkLw9vB2m"'],
    ['a tab within the string', '"Xq7#\tkLw9vB2m"'],
    ['a NUL within the string', '"Xq7#\0kLw9vB2m"'],
    ['an escape of JavaScript', '"Xq7#kLw9vB2m\\x41"'],
    ['an escape of Python', '"Xq7#kLw9vB2m\\U0001F600"'],
    ['an escape cut off', '"Xq7#kLw9vB2m\\u00e"'],
    ['Latin-1', latin1('"Xq7#kLw9vB2m\xe9"')],
    ['a byte that UTF-8 does not know', latin1('"Xq7#kLw9vB2m\xff"')],
    ['an overlong form', latin1('"Xq7#kLw9vB2m\xc0\x80"')],
    ['a surrogate in UTF-8', latin1('"Xq7#kLw9vB2m\xed\xa0\x80"')],
    ['a surrogate pair in UTF-8 (CESU-8)', latin1('"Xq7#kLw9vB2m\xed\xa0\xbd\xed\xb8\x80"')],
    ['a character cut off', latin1('"Xq7#kLw9vB2m\xe6\x97"')],
    ['a code point beyond the last', latin1('"Xq7#kLw9vB2m\xf4\x90\x80\x80"')],
    ['UTF-16', Buffer.from('"Xq7#kLw9vB2m"', 'utf16le')],
    ['UTF-16 with its mark', Buffer.from('\ufeff"Xq7#kLw9vB2m"', 'utf16le')],
    ['hex text of another layer', sealElsewhere('"Xq7#kLw9vB2m"', HEX)],
    ['random bytes', new Uint8Array(40).map((_, n) => n * 37)],
  ])('%s', (_, plaintext) => {
    const error = refusal('ERR_PLAINTEXT_FORMAT', () => openValue(sealElsewhere(plaintext, HEX), key));
    expectHidden(error, 'Xq7#kLw9vB2m');
    expectHidden(error, Buffer.from(plaintext).toString('latin1').slice(0, 200));
    expectHidden(error, HEX);
  });

  test.each(['', '1', '"'])('%j is too short to be a JSON string at all', (plaintext) => {
    refusal('ERR_SEALED_FORMAT', () => openValue(sealElsewhere(plaintext, HEX), key));
  });
});

describe('every spelling of a JSON string opens', () => {
  test.each<[string, string, string]>([
    ['white space around it', ' \t\r\n"hunter2"\n\r\t ', 'hunter2'],
    ['padding behind it', '"hunter2"'.padEnd(4096), 'hunter2'],
    ['ASCII, as Python writes', '"caf\\u00e9"', 'café'],
    ['ASCII in upper case', '"caf\\u00E9"', 'café'],
    ['UTF-8, as JavaScript writes', '"café"', 'café'],
    ['a surrogate pair, escaped', '"\\ud83d\\ude00"', '😀'],
    ['half a surrogate pair, escaped', '"\\ud800"', '\ud800'],
    ['every short escape', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
    ['every character escaped', '"\\u0068\\u0069"', 'hi'],
    ['NUL, escaped', '"\\u0000"', '\0'],
    ['DEL and C1 controls as they are', '"\x7f\x85\x9f"', '\x7f\x85\x9f'],
    ['line separators as they are', '"\u2028\u2029"', '\u2028\u2029'],
    ['a byte order mark within it', '"\ufeffhunter2\ufeff"', '\ufeffhunter2\ufeff'],
    ['JSON within JSON', '"{\\"a\\":\\"b\\"}"', '{"a":"b"}'],
    ['an empty string with spaces in it', '"   "', '   '],
    ['nothing', '""', ''],
  ])('%s', (_, plaintext, value) => {
    expect(openValue(sealElsewhere(plaintext, HEX), key)).toBe(value);
  });
});
