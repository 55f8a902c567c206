import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { faultsOf, issuesOf, KEY, OTHER_KEY, open, REF, seal, sealAndOpen, TOTP } from './sealing.js';

const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];
const operations = ['create', 'update'] as const;
const each = CREDENTIALS.flatMap((field) => operations.map((operation) => ({ field, operation })));
const uri = (query: string) => `otpauth://totp/ACME:ada?secret=${TOTP}${query}`;

// docs/vault-api.md, rule 13.
describe('a credential', () => {
  test.each(each)('$field may be left out on $operation', ({ field, operation }) => {
    expect(seal({ ...REF }, { operation })).toStrictEqual(REF);
    expect(seal({ ...REF, [field]: undefined }, { operation })).toStrictEqual(REF);
  });

  test.each(each)('$field must not be empty on $operation', ({ field, operation }) => {
    expect(faultsOf({ ...REF, [field]: '' }, { operation })).toEqual([`${field}: credential/empty`]);
  });

  test.each(CREDENTIALS)('%s must not be null on create', (field) => {
    expect(faultsOf({ ...REF, [field]: null })).toEqual([`${field}: setting/type`]);
  });

  test.each(CREDENTIALS)('%s may be null on update, and is sent as null', (field) => {
    expect(seal({ ...REF, [field]: null }, { operation: 'update' })).toStrictEqual({ ...REF, [field]: null });
  });

  test.each([
    ' ',
    ' leading',
    'trailing ',
    '\n',
    '\u0000',
    'null',
    '""',
    '{"a":1}',
    '\ud800',
    '\ufeffbom',
    'é',
    'é',
  ])('of any other text is sealed as it is: %j', (text) => {
    expect(sealAndOpen({ ...REF, user_name: text, password: text })).toEqual({
      ...REF,
      user_name: text,
      password: text,
    });
  });
});

describe('tfa_secret is sealed in canonical form', () => {
  const spaced = 'jbsw y3dp ehpk 3pxp jbsw y3dp eh';
  test.each<[string, unknown]>([
    ['canonical', TOTP],
    ['in lower case with spaces', spaced],
    ['with hyphens', spaced.replaceAll(' ', '-')],
    ['with padding', `${TOTP}======`],
    ['with blanks of every kind', ` \t${spaced.replaceAll(' ', '\u00a0\u200b')}\r\n`],
    ['as a URI', uri('')],
    ['as a URI with the standard settings', uri('&algorithm=SHA1&digits=6&period=30&issuer=ACME')],
    ['as a TotpSecret', TotpSecret.parse(spaced)],
    ['as a TotpSecret of a URI', TotpSecret.parse(uri('&issuer=ACME'))],
  ])('%s', (_, tfa_secret) => {
    expect(sealAndOpen({ ...REF, tfa_secret }).tfa_secret).toBe(TOTP);
    expect(sealAndOpen({ ...REF, tfa_secret, tfa_method: 'AUTHENTICATOR' }).tfa_secret).toBe(TOTP);
  });

  test('of 80 bits too, which real sites issue', () => {
    expect(sealAndOpen({ ...REF, tfa_secret: 'JBSWY3DPEHPK3PXP' }).tfa_secret).toBe('JBSWY3DPEHPK3PXP');
  });
});

describe('tfa_secret is refused', () => {
  test.each<[string, unknown, string]>([
    ['if it is a code', '123456', 'ERR_TOTP_FORMAT'],
    ['if it is a code of 8 digits with a space', '2345 6723', 'ERR_TOTP_FORMAT'],
    ['with a 0', 'JBSWY3DPEHPK3PX0', 'ERR_TOTP_FORMAT'],
    ['with an 8', '8BSWY3DPEHPK3PXP', 'ERR_TOTP_FORMAT'],
    ['of an impossible length', 'ABC', 'ERR_TOTP_FORMAT'],
    ['of nothing but blanks', ' - ', 'ERR_TOTP_FORMAT'],
    ['as a web address', 'https://example.com/2fa', 'ERR_TOTP_FORMAT'],
    ['as a URI without secret', 'otpauth://totp/ACME:ada', 'ERR_TOTP_FORMAT'],
    ['as an export of accounts', 'otpauth-migration://offline?data=AAAA', 'ERR_TOTP_FORMAT'],
    ['as a counter-based one', `otpauth://hotp/ACME:ada?secret=${TOTP}&counter=1`, 'ERR_TOTP_UNSUPPORTED'],
    ['as one of Steam', `steam://${TOTP}`, 'ERR_TOTP_UNSUPPORTED'],
    ['with SHA256', uri('&algorithm=SHA256'), 'ERR_TOTP_UNSUPPORTED'],
    ['with SHA512', TotpSecret.parse(uri('&algorithm=SHA512')), 'ERR_TOTP_UNSUPPORTED'],
    ['with 8 digits', uri('&digits=8'), 'ERR_TOTP_UNSUPPORTED'],
    ['with 7 digits', TotpSecret.parse(uri('&digits=7')), 'ERR_TOTP_UNSUPPORTED'],
    ['with 60 seconds', uri('&period=60'), 'ERR_TOTP_UNSUPPORTED'],
    ['with 15 seconds', TotpSecret.parse(uri('&period=15')), 'ERR_TOTP_UNSUPPORTED'],
  ])('%s', (_, tfa_secret, code) => {
    for (const operation of operations) {
      const issues = issuesOf({ ...REF, tfa_secret, tfa_method: 'AUTHENTICATOR' }, { operation });
      expect(issues).toMatchObject([{ path: 'tfa_secret', rule: 'totp/format', code }]);
      expect(issues).toHaveLength(1);
    }
  });

  test('as something that only looks like a TotpSecret', () => {
    const lookalike = { base32: TOTP, algorithm: 'SHA1', digits: 6, period: 30 };
    expect(faultsOf({ ...REF, tfa_secret: lookalike })).toEqual(['tfa_secret: setting/type']);
  });

  test('and no other credential may be a TotpSecret', () => {
    expect(faultsOf({ ...REF, password: TotpSecret.parse(TOTP) })).toEqual(['password: setting/type']);
  });

  test('with the settings that are not standard named, and the secret not', () => {
    const entry = { ...REF, tfa_secret: uri('&algorithm=SHA256&digits=8&period=60') };
    const error = refusal('ERR_ENTRY_INVALID', () => seal(entry));
    expect(error.message).toMatch(/SHA256.*8.*60/);
    expectHidden(error, TOTP);
  });
});

describe('a credential that is sealed already', () => {
  const custom = { proxy_setting: 'custom' };
  const secrets = [
    { field: 'user_name', plain: 'ada', beside: {} },
    { field: 'password', plain: 'hunter2', beside: {} },
    { field: 'tfa_secret', plain: TOTP, beside: {} },
    { field: 'proxy_value', plain: 'https://proxy.example.com', beside: custom },
  ];
  const ring = new KeyRing(KEY, [OTHER_KEY]);

  test.each(secrets)('is refused: $field', ({ field, plain, beside }) => {
    const sealed = sealValue(plain, KEY);
    for (const text of [
      sealed,
      sealed.toUpperCase(),
      `${sealed}\n`,
      ` ${sealed}\r\n`,
      sealValue('', KEY),
      sealValue(plain, KEY, { padTo: 64 }),
    ]) {
      const issues = issuesOf({ ...REF, ...beside, [field]: text });
      expect(issues).toMatchObject([
        { path: field, rule: 'credential/sealed-twice', code: 'ERR_ALREADY_SEALED' },
      ]);
      expect(issues[0]?.message).not.toContain(text.slice(0, 12));
    }
  });

  test.each(secrets)('is refused under a previous key of the ring: $field', ({ field, plain, beside }) => {
    const entry = { ...REF, ...beside, [field]: sealValue(plain, OTHER_KEY) };
    expect(faultsOf(entry, { operation: 'update' }, ring)).toEqual([`${field}: credential/sealed-twice`]);
  });

  test('is refused if it was sealed twice before', () => {
    const twice = sealValue(sealValue('hunter2', OTHER_KEY), KEY);
    expect(faultsOf({ ...REF, password: twice })).toEqual(['password: credential/sealed-twice']);
  });

  const ofKey = sealValue('hunter2', KEY);
  test.each([
    ['sealed under a key that is not here', sealValue('hunter2', OTHER_KEY)],
    ['of 64 hex digits', 'deadbeef'.repeat(8)],
    ['that is the key itself', KEY.toHex()],
    ['of 59 hex digits', 'a'.repeat(59)],
    ['that is a sealed value and more', `${ofKey}.`],
    ['that is a sealed value cut short', ofKey.slice(0, -2)],
    [
      'that is a sealed value with one bit changed',
      ofKey.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    ],
  ])('is not any text %s', (_, password) => {
    expect(sealAndOpen({ ...REF, password })).toEqual({ ...REF, password });
  });

  test('cannot be sealed a second time by sealing the payload', () => {
    const payload = seal({ ...REF, user_name: 'ada', password: 'hunter2', tfa_secret: TOTP });
    expect(faultsOf(payload)).toEqual([
      'password: credential/sealed-twice',
      'tfa_secret: credential/sealed-twice',
      'user_name: credential/sealed-twice',
    ]);
    expect(open(payload).password).toBe('hunter2');
  });
});
