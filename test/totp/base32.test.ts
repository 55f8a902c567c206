import fc from 'fast-check';
import { Secret } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { expectHidden, refusal } from '../refusal.js';
import { rounds } from '../rounds.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Canonical base32 of 9 characters and more: shorter ones may be codes. */
const canonical = fc
  .string({ unit: fc.constantFrom(...ALPHABET), minLength: 9, maxLength: 128 })
  .filter((text) => ![1, 3, 6].includes(text.length % 8));

describe('a secret in base32 is brought to its canonical form', () => {
  test.each([
    ['canonical, 80 bits', 'JBSWY3DPEHPK3PXP', 'JBSWY3DPEHPK3PXP', 80],
    ['24 characters', 'JBSWY3DPEHPK3PXPJBSWY3DP', 'JBSWY3DPEHPK3PXPJBSWY3DP', 120],
    ['26 characters, unpadded', 'JBSWY3DPEHPK3PXPJBSWY3DPEA', 'JBSWY3DPEHPK3PXPJBSWY3DPEA', 128],
    ['26 characters, padded', 'JBSWY3DPEHPK3PXPJBSWY3DPEA======', 'JBSWY3DPEHPK3PXPJBSWY3DPEA', 128],
    ['32 characters', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 160],
    ['52 characters', 'A'.repeat(52), 'A'.repeat(52), 256],
    ['128 characters', 'B'.repeat(128), 'B'.repeat(128), 640],
    ['shorter than any real one', 'AA', 'AA', 8],
    ['eight letters', 'jbswy3dp', 'JBSWY3DP', 40],
    ['lower case', 'jbswy3dpehpk3pxp', 'JBSWY3DPEHPK3PXP', 80],
    ['groups of four', 'jbsw y3dp ehpk 3pxp', 'JBSWY3DPEHPK3PXP', 80],
    ['groups with hyphens', 'JBSW-Y3DP-EHPK-3PXP', 'JBSWY3DPEHPK3PXP', 80],
    ['line breaks', '  JBSWY3DP\r\nEHPK3PXP\n', 'JBSWY3DPEHPK3PXP', 80],
    [
      'spaces between and behind padding',
      'JBSWY3DPEHPK3PXPJBSWY3DPEA == == ==\n',
      'JBSWY3DPEHPK3PXPJBSWY3DPEA',
      128,
    ],
    ['too little padding', 'JBSWY3DPEHPK3PXPJBSWY3DPEA=', 'JBSWY3DPEHPK3PXPJBSWY3DPEA', 128],
    ['set bits behind the last byte, kept', 'JBSWY3DPEHPK3PXPJBSWY3DPE7', 'JBSWY3DPEHPK3PXPJBSWY3DPE7', 128],
  ])('%s', (_, given, base32, bits) => {
    const totp = TotpSecret.parse(given);
    expect({ base32: totp.base32, bits: totp.bits }).toEqual({ base32, bits });
    expect([totp.algorithm, totp.digits, totp.period]).toEqual(['SHA1', 6, 30]);
    expect(totp).not.toHaveProperty('issuer');
    expect(totp).not.toHaveProperty('label');
  });

  test.each(
    [
      ...[0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2003, 0x2007, 0x2009, 0x200a],
      ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
      ...[
        0xad, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202c, 0x2060, 0x2066, 0x2069, 0xfeff,
      ],
      ...[0x2d, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212],
    ].map((codePoint) => [
      `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`,
      String.fromCodePoint(codePoint),
    ]),
  )('%s is left out, wherever it stands', (_, character) => {
    const given = `${character}JBSW${character}${character}Y3DPEHPK${character}3PXP${character}`;
    expect(TotpSecret.parse(given).base32).toBe('JBSWY3DPEHPK3PXP');
  });

  test('set bits behind the last byte make the same codes', () => {
    const [clean, set] = ['JBSWY3DPEHPK3PXPJBSWY3DPEA', 'JBSWY3DPEHPK3PXPJBSWY3DPEB'].map(TotpSecret.parse);
    expect(set?.code(59_000)).toBe(clean?.code(59_000));
  });

  test('what is canonical stays as it is', () => {
    fc.assert(
      fc.property(canonical, (secret) => {
        expect(TotpSecret.parse(secret).base32).toBe(secret);
      }),
    );
  });

  test('case, spacing and padding change nothing', () => {
    const noise = fc.constantFrom('', ' ', '-', '\u00a0', '\u200b', '\t', '\u2011');
    fc.assert(
      fc.property(
        canonical,
        fc.infiniteStream(noise),
        fc.infiniteStream(fc.boolean()),
        fc.nat(6),
        (secret, noises, cases, padding) => {
          const spelt = [...secret].map((letter) => {
            const written = cases.next().value ? letter.toLowerCase() : letter;
            return written + noises.next().value;
          });
          expect(TotpSecret.parse(spelt.join('') + '='.repeat(padding)).base32).toBe(secret);
        },
      ),
    );
  });

  test('the bytes are those that otpauth reads', () => {
    fc.assert(
      fc.property(canonical, (secret) => {
        expect(TotpSecret.parse(secret).bits).toBe(Secret.fromBase32(secret).bytes.length * 8);
      }),
    );
  });
});

describe('a text that is no secret is refused', () => {
  test.each([
    ['empty', '', /is empty/],
    ['blank', ' \u00a0\u200b\n', /is empty/],
    ['dashes', '---', /is empty/],
    ['padding alone', '====', /is empty/],
    ['a 0', 'JBSW0Y3DPEHPK3PX', /position 5, "0".*letter O/],
    ['a 1', 'JBSWY1DPEHPK3PXP', /position 6, "1".*letter I or L/],
    ['an 8', '8BSWY3DPEHPK3PXP', /position 1, "8".*letter B/],
    ['a 9', 'JBSWY3DPEHPK3PX9', /position 16, "9"/],
    ['a 0 behind spaces, which count', 'jbsw y3dp eh0k 3pxp', /position 13, "0"/],
    ['the first of two strangers', 'JB!W0Y3DPEHPK3PX', /position 3, a character/],
    ['a colon', 'JBSW:Y3DPEHPK3PX', /position 5, a character/],
    ['an underscore', 'JBSW_Y3DP', /position 5, a character/],
    ['a letter of another script', 'JBSWYЗDPEHPK3PXP', /position 6, a character/],
    ['a letter whose upper case is in the alphabet', 'JBſWY3DPEHPK3PXP', /position 3, a character/],
    ['a dotless i', 'JBSWY3DPEHPK3PXı', /position 16, a character/],
    ['full-width letters', 'ＪＢＳＷＹ３ＤＰ', /position 1, a character/],
    ['an emoji', 'JBSWY3DP🔑', /position 9, a character/],
    ['half an emoji', 'JBSWY3DP\ud83d', /position 9, a character/],
    ['a null character', 'JBSWY3DP\0', /position 9, a character/],
    ['padding inside', 'JBSW=Y3DPEHPK3PXP', /padding at position 5/],
    ['padding in front', '=JBSWY3DPEHPK3PX', /padding at position 1/],
    ['hex', '0123456789abcdef0123456789abcdef', /position 1, "0"/],
    ['base64', 'SGVsbG8h3q2+7w==', /position 7, "8"/],
    ['6 digits', '123456', /a code, not a secret/],
    ['7 digits', '1234567', /a code, not a secret/],
    ['8 digits', '12345678', /a code, not a secret/],
    ['8 digits that are base32', '23456723', /a code, not a secret/],
    ['6 digits in two groups', '123 456', /a code, not a secret/],
    ['8 digits with a hyphen and a line break', '2345-6723\n', /a code, not a secret/],
    ['a code with padding', '234567==', /a code, not a secret/],
    ['5 digits', '12345', /position 1, "1"/],
    ['9 digits', '123456789', /position 1, "1"/],
    ['1 character', 'A', /has 1 characters/],
    ['3 characters', 'ABC', /has 3 characters/],
    ['6 characters', 'ABCDEF', /has 6 characters/],
    ['9 characters', 'ABCDEFGHI', /has 9 characters/],
    ['11 characters', 'ABCDEFGHIJK', /has 11 characters/],
    ['14 characters', 'ABCDEFGHIJKLMN', /has 14 characters/],
    ['17 characters with spaces', 'JBSW Y3DP EHPK 3PXP A', /has 17 characters/],
    ['a novel', 'A'.repeat(65_537), /at most 65536 characters; this has 65537/],
  ])('%s', (_, given, message) => {
    expect(refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(given)).message).toMatch(message);
  });

  test.each([
    ['undefined', undefined, /got undefined/],
    ['null', null, /got null/],
    ['a number', 123_456, /got number/],
    ['bytes', new Uint8Array(20), /got object/],
    ['an array', ['JBSWY3DPEHPK3PXP'], /got array/],
    ['a String object', new String('JBSWY3DPEHPK3PXP'), /got object/],
    ['a symbol', Symbol('x'), /got symbol/],
  ])('%s instead of a string', (_, given, message) => {
    expect(refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(given as string)).message).toMatch(message);
  });

  test('of the longest length, in no time', () => {
    const hostile = [
      `${'='.repeat(65_535)}A`,
      `${' '.repeat(65_535)}!`,
      `${'otpauth'.repeat(9_000)}:`,
      `${'a'.repeat(65_000)}://`,
    ];
    const start = performance.now();
    for (const given of hostile) refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(given));
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('a refused text is not shown', () => {
  // Letters that make no words, so that a message or a path cannot hold six of them by chance.
  const marker = fc.string({ unit: fc.constantFrom(...'QXZJKV2357'), minLength: 24, maxLength: 64 });
  const stranger = fc.constantFrom('0', '1', '8', '9', '!', '"', '\\', '\0', '🔑', '=', '/', ':', '%');

  test('with a stranger in it', () => {
    fc.assert(
      fc.property(marker, stranger, marker, (head, character, tail) => {
        const secret = `${head}${character}${tail}`;
        expectHidden(
          refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(secret)),
          secret,
        );
      }),
    );
  });

  test('of an impossible length, in any spelling', () => {
    fc.assert(
      fc.property(marker, (text) => {
        const secret = `${text.slice(0, text.length - (text.length % 8))}Q`;
        expectHidden(
          refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(secret)),
          secret,
        );
        const grouped = secret.toLowerCase().replace(/.{8}/g, '$& ');
        expectHidden(
          refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(grouped)),
          grouped,
        );
      }),
    );
  });

  test('being a code', () => {
    for (const code of ['924517', '9245173', '92451736']) {
      expectHidden(
        refusal('ERR_TOTP_FORMAT', () => TotpSecret.parse(code)),
        code,
      );
    }
  });
});

test('whatever the text, it is parsed or refused', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...`${ALPHABET}0189=- :/?&%#`) }),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      let totp: TotpSecret | undefined;
      try {
        totp = TotpSecret.parse(text);
      } catch (error) {
        expect(error).toHaveProperty('name', 'CredsealError');
      }
      if (totp !== undefined) expect(TotpSecret.parse(totp.base32).base32).toBe(totp.base32);
    }),
    { numRuns: rounds(300, 2000) },
  );
});
