import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldEntries } from '../../src/entry/fields.js';
import { sealValue } from '../../src/value/sealed-value.js';
import { everythingShown, expectHidden, refusal } from '../refusal.js';
import { rounds } from '../rounds.js';
import { KEY, open, REF, seal, TOTP } from './sealing.js';

const names = fieldEntries.map(([name]) => name);
// Without vowels no piece of it is a piece of any message; with a dash it cannot be the name of anything.
const consonants = fc.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{8}-[bcdfghjklmnpqrstvwxz]{8}$/);

/** The value in every shape in which it might be handed in, most of them wrong for most fields. */
const shapesOf = (secret: string) =>
  fc.constantFrom<unknown>(
    secret,
    [secret],
    { [secret]: secret },
    { enable: secret, target_ip: secret },
    { enable: true, target_ip: secret },
    [{ name: secret, value: secret, domain: secret, secure: secret }],
    [{ name: secret }],
    [secret, secret],
    new Map([[secret, secret]]),
    new Error(secret),
    { days: secret },
    { a: () => secret },
    `otpauth://totp/${secret}:${secret}?secret=${secret}&issuer=${secret}`,
    `otpauth://totp/x?secret=${TOTP}&algorithm=${secret}`,
    `otpauth://totp/x?secret=${TOTP}&digits=${secret}`,
    `otpauth-migration://offline?data=${secret}`,
    `https://${secret}:${secret}@example.com/${secret}`,
    `https:///${secret}:${secret}@example.com`,
    `${secret}://example.com`,
    `socks5://${secret} ${secret}@x`,
    `7 ${secret}`,
    `P${secret}`,
    `${secret}\n`,
  );

describe('an error about an entry shows no value of it', () => {
  test('in message, issues, stack or inspection, whatever is wrong with whichever field', () => {
    const cases = fc.record({
      secret: consonants,
      wrong: fc.array(fc.constantFrom(...names, 'passwrod', 'new_field'), { minLength: 1, maxLength: 8 }),
      operation: fc.constantFrom('create', 'update'),
      allowUnknown: fc.constantFrom([], ['new_field']),
    });
    let refused = 0;
    fc.assert(
      fc.property(cases, fc.gen(), ({ secret, wrong, operation, allowUnknown }, gen) => {
        const wrongFields = Object.fromEntries(wrong.map((name) => [name, gen(shapesOf, secret)]));
        const entry = { user_name: secret, password: secret, user_alias: secret, ...REF, ...wrongFields };
        try {
          seal(entry, { operation, allowUnknown });
        } catch {
          refused += 1;
          const error = refusal('ERR_ENTRY_INVALID', () => seal(entry, { operation, allowUnknown }));
          expectHidden(error, secret);
        }
      }),
      { numRuns: rounds(100, 500) },
    );
    expect(refused).toBeGreaterThan(rounds(50, 300));
  });

  test.each(names)('a fault elsewhere does not bring up %s', (name) => {
    const secret = 'QXZJKVBW-qxzjkvbw';
    const error = refusal('ERR_ENTRY_INVALID', () => seal({ ...REF, [name]: secret, banana: secret }));
    expectHidden(error, secret);
  });

  test('and of an unknown field the name alone', () => {
    const error = refusal('ERR_ENTRY_INVALID', () => seal({ ...REF, passwrod: 'QXZJKVBW' }));
    expect(error.message).toContain('passwrod');
    expectHidden(error, 'QXZJKVBW');
  });

  test('nor the key', () => {
    const error = refusal('ERR_ENTRY_INVALID', () => seal({ ...REF, password: sealValue('x', KEY) }));
    expect(everythingShown(error)).not.toContain(KEY.toHex().slice(0, 16));
  });
});

describe('an error about a stored entry shows no value of it', () => {
  test.each(['user_name', 'password', 'tfa_secret', 'proxy_value'])('in %s', (field) => {
    fc.assert(
      fc.property(consonants, fc.nat(30), (secret, at) => {
        const sealed = sealValue(secret, KEY);
        const digit = sealed[at] === '0' ? '1' : '0';
        const changed = `${sealed.slice(0, at)}${digit}${sealed.slice(at + 1)}`;
        const others = { user_alias: secret, proxy_setting: 'custom', secret_ref: secret };
        for (const value of [changed, secret, `${sealed}${secret}`, [secret], { secret }]) {
          const act = () => open({ ...others, [field]: value });
          const error = refusal(value === changed ? 'ERR_OPEN_FAILED' : 'ERR_SEALED_FORMAT', act);
          expectHidden(error, secret);
          expect(everythingShown(error)).not.toContain(sealed.slice(24, 48));
        }
      }),
    );
  });
});
