import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { refusal } from '../refusal.js';

const base32Of = (ascii: string) => Secret.fromLatin1(ascii).base32;
const SEED = '12345678901234567890';
const rfc6238 = {
  SHA1: base32Of(SEED),
  SHA256: base32Of(SEED.repeat(2).slice(0, 32)),
  SHA512: base32Of(SEED.repeat(4).slice(0, 64)),
};

const totp = TotpSecret.parse('JBSWY3DPEHPK3PXP');

describe('codes are those of the standards', () => {
  // RFC 6238 appendix B: seconds since the epoch, and the code of each hash.
  test.each([
    [59, '94287082', '46119246', '90693936'],
    [1111111109, '07081804', '68084774', '25091201'],
    [1111111111, '14050471', '67062674', '99943326'],
    [1234567890, '89005924', '91819424', '93441116'],
    [2000000000, '69279037', '90698825', '38618901'],
    [20000000000, '65353130', '77737706', '47863826'],
  ])('RFC 6238 appendix B, at %i s', (seconds, SHA1, SHA256, SHA512) => {
    const codes = Object.entries(rfc6238).map(([algorithm, secret]) =>
      TotpSecret.parse(`otpauth://totp/x?secret=${secret}&algorithm=${algorithm}&digits=8`).code(
        seconds * 1000,
      ),
    );
    expect(codes).toEqual([SHA1, SHA256, SHA512]);
  });

  // RFC 4226 appendix D: the codes of counter 0 to 9, which is what a period counts.
  test.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, counter) => [counter, code] as const,
    ),
  )('RFC 4226 appendix D, counter %i', (counter, code) => {
    const secret = TotpSecret.parse(rfc6238.SHA1);
    expect(secret.code(counter * 30_000)).toBe(code);
    expect(secret.code(counter * 30_000 + 29_999)).toBe(code);
  });

  test('RFC 6238 with 7 digits is the end of the 8', () => {
    expect(TotpSecret.parse(`otpauth://totp/x?secret=${rfc6238.SHA1}&digits=7`).code(1111111109_000)).toBe(
      '7081804',
    );
  });

  test('otpauth, for any secret and settings, makes the same', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 80 }),
        fc.constantFrom('SHA1', 'SHA256', 'SHA512'),
        fc.integer({ min: 6, max: 8 }),
        fc.integer({ min: 1, max: 86_400 }),
        fc.integer({ min: 0, max: 8.64e15 }),
        (bytes, algorithm, digits, period, at) => {
          const judge = new TOTP({
            secret: new Secret({ buffer: bytes.slice().buffer }),
            algorithm,
            digits,
            period,
          });
          const mine = TotpSecret.parse(judge.toString());
          expect(mine.code(at)).toBe(judge.generate({ timestamp: at }));
          expect(mine.secondsLeft(at)).toBe(Math.ceil(judge.remaining({ timestamp: at }) / 1000));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the time of a code', () => {
  test('is a Date or ms since the epoch', () => {
    expect(totp.code(0)).toBe('282760');
    expect(totp.code(new Date(0))).toBe('282760');
    expect(totp.code(-0)).toBe('282760');
    expect(totp.code(29_999.999)).toBe('282760');
    expect(totp.code(30_000)).toBe('996554');
  });

  test('is now by default', () => {
    const before = totp.code(Date.now());
    const code = totp.code();
    expect([before, totp.code(Date.now())]).toContain(code);
    expect(totp.code(undefined)).toHaveLength(6);
  });

  test('may be the last that a Date can hold', () => {
    expect(totp.code(8.64e15)).toMatch(/^[0-9]{6}$/);
    expect(totp.verify(totp.code(8.64e15), { at: new Date(8.64e15) })).toBe(true);
  });

  test.each([
    ['an invalid Date', new Date('banana')],
    ['a Date before the epoch', new Date(-1)],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['a negative number', -1],
    ['a number beyond all Dates', 8.64e15 + 1],
    ['a string', '0'],
    ['null', null],
    ['a bigint', 0n],
    ['an object', { getTime: (): number => 0 }],
    ['a boolean', true],
  ])('is not %s', (_, at) => {
    const wrong = at as Date;
    expect(refusal('ERR_TOTP_FORMAT', () => totp.code(wrong)).message).toMatch(/The time "at" is/);
    expect(refusal('ERR_TOTP_FORMAT', () => totp.secondsLeft(wrong)).message).toMatch(/The time "at" is/);
    expect(refusal('ERR_TOTP_FORMAT', () => totp.verify('282760', { at: wrong })).message).toMatch(
      /The time "at" is/,
    );
  });
});

describe('the seconds left', () => {
  test.each([
    [0, 30],
    [1, 30],
    [999, 30],
    [1_000, 29],
    [28_999, 2],
    [29_000, 1],
    [29_001, 1],
    [29_999.9999, 1],
    [30_000, 30],
  ])('at %d ms are %i', (at, seconds) => {
    expect(totp.secondsLeft(at)).toBe(seconds);
    expect(totp.secondsLeft(new Date(Math.floor(at)))).toBe(totp.secondsLeft(Math.floor(at)));
  });

  test('are whole, more than 0, and at most the period; then comes another code', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
        const left = totp.secondsLeft(at);
        expect(left).toBeGreaterThanOrEqual(1);
        expect(left).toBeLessThanOrEqual(30);
        expect(Number.isInteger(left)).toBe(true);
        expect(Math.floor((at + left * 1000) / 30_000)).toBe(Math.floor(at / 30_000) + 1);
      }),
    );
  });

  test('by default, from now', () => {
    expect(totp.secondsLeft()).toBeLessThanOrEqual(30);
  });
});

describe('verify', () => {
  const NOW = 100 * 30_000 + 12_345;
  const codeOf = (offset: number) => totp.code(NOW + offset * 30_000);

  test.each([
    [undefined, 1],
    [0, 0],
    [1, 1],
    [2, 2],
    [10, 10],
  ])('with a window of %s takes the codes of %i periods before and after, and no more', (window, reach) => {
    for (let offset = -12; offset <= 12; offset++) {
      const options = window === undefined ? { at: NOW } : { at: NOW, window };
      expect(totp.verify(codeOf(offset), options)).toBe(Math.abs(offset) <= reach);
    }
  });

  test('takes the code of now by default', () => {
    expect(totp.verify(totp.code())).toBe(true);
    expect(totp.verify(totp.code(), {})).toBe(true);
    expect(totp.verify(totp.code(), undefined)).toBe(true);
  });

  test.each([
    ['a space', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['a space that does not break', (code: string) => `${code.slice(0, 3)}\u00a0${code.slice(3)}`],
    ['spaces around', (code: string) => `  ${code}\r\n`],
    ['a zero-width space', (code: string) => `\u200b${code}\ufeff`],
    ['spaces all over', (code: string) => [...code].join(' ')],
  ])('ignores %s', (_, spelt) => {
    expect(totp.verify(spelt(codeOf(0)), { at: NOW })).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['blank', '      '],
    ['too short', codeOf(0).slice(1)],
    ['too long', `${codeOf(0)}0`],
    ['twice', codeOf(0).repeat(2)],
    ['with a sign', `+${codeOf(0).slice(1)}`],
    ['with a hyphen', `${codeOf(0).slice(0, 3)}-${codeOf(0).slice(3)}`],
    ['in letters', 'ABCDEF'],
    ['in other digits', [...codeOf(0)].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join('')],
    ['in emoji', '🔑🔑🔑'],
    ['a number', Number(codeOf(0))],
    ['undefined', undefined],
    ['null', null],
    ['an array', [codeOf(0)]],
    ['a String object', new String(codeOf(0))],
    ['the secret', 'JBSWY3DPEHPK3PXP'],
  ])('is false for what is no code: %s', (_, code) => {
    expect(totp.verify(code as string, { at: NOW })).toBe(false);
  });

  test('is false for every other code', () => {
    const right = new Set([-1, 0, 1].map(codeOf));
    for (const digit of '0123456789') {
      for (let place = 0; place < 6; place++) {
        const code = codeOf(0).slice(0, place) + digit + codeOf(0).slice(place + 1);
        expect(totp.verify(code, { at: NOW })).toBe(right.has(code));
      }
    }
  });

  test('takes leading zeros as digits', () => {
    const secret = TotpSecret.parse(`otpauth://totp/x?secret=${rfc6238.SHA1}&digits=8`);
    expect(secret.verify('07081804', { at: 1111111109_000, window: 0 })).toBe(true);
    expect(secret.verify('7081804', { at: 1111111109_000, window: 0 })).toBe(false);
  });

  test('begins at the epoch, whatever the window', () => {
    for (const window of [0, 1, 10]) {
      expect(totp.verify(totp.code(0), { at: 0, window })).toBe(true);
      expect(totp.verify(totp.code(30_000), { at: 0, window })).toBe(window > 0);
    }
    // The code of counter -1, which otpauth would take at the epoch.
    const before = new TOTP({ secret: 'JBSWY3DPEHPK3PXP' }).generate({ timestamp: -30_000 });
    expect(totp.verify(before, { at: 0 })).toBe(false);
  });

  test.each([
    ['negative', -1],
    ['over 10', 11],
    ['a fraction', 0.5],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a string', '1'],
    ['null', null],
  ])('refuses a window that is %s, whatever the code', (_, window) => {
    for (const code of ['282760', '']) {
      const act = () => totp.verify(code, { at: 0, window: window as number });
      expect(refusal('ERR_TOTP_FORMAT', act).message).toMatch(/"window".*from 0 to 10/);
    }
  });

  test.each([
    ['null', null],
    ['a number', 1],
    ['a string', 'now'],
  ])('refuses options that are %s', (_, options) => {
    const act = () => totp.verify('282760', options as unknown as object);
    expect(refusal('ERR_TOTP_FORMAT', act).message).toMatch(/Options must be an object/);
  });

  test('agrees with otpauth for any code and time', () => {
    const judge = new TOTP({ secret: 'JBSWY3DPEHPK3PXP' });
    fc.assert(
      fc.property(
        fc.integer({ min: 300_000, max: 4e12 }),
        fc.integer({ min: -3, max: 3 }),
        fc.nat(2),
        (at, offset, window) => {
          const token = totp.code(at + offset * 30_000);
          expect(totp.verify(token, { at, window })).toBe(
            judge.validate({ token, timestamp: at, window }) !== null,
          );
        },
      ),
    );
  });
});
