import { FOREIGN_KEY, payload, sealed, TOTP } from './payloads.js';
import { create, type RuleTable, update } from './rule-case.js';

const secret = (what: string, text: string, ...rules: string[]) =>
  create(
    what,
    payload({ tfa_method: 'AUTHENTICATOR', tfa_secret: sealed(text) }),
    ...rules.map((rule) => `tfa_secret: ${rule}`),
  );
const URI = `otpauth://totp/shop:ada?secret=${TOTP}`;
const METHODS = ['EMAIL', 'SMS', 'MAGIC_LINK'];
const provider = { secret_provider_id: 'p', secret_ref: 'r', user_name: undefined };

export const totpCases: RuleTable<`totp/${string}`> = {
  'totp/format': {
    severity: 'error',
    broken: [
      secret('lower case', TOTP.toLowerCase(), 'totp/format'),
      secret('spaces between', 'JBSW Y3DP EHPK 3PXP', 'totp/format'),
      secret('a space behind it', `${TOTP} `, 'totp/format'),
      secret('hyphens', 'JBSWY3DP-EHPK3PXP', 'totp/format'),
      secret('padding', `${TOTP}======`, 'totp/format'),
      secret('a URI', URI, 'totp/format'),
      secret('a URI of another hash', `${URI}&algorithm=SHA256`, 'totp/format'),
      secret('a URI of a counter', URI.replace('totp', 'hotp'), 'totp/format'),
      secret('a migration URI', 'otpauth-migration://offline?data=QZXJW', 'totp/format'),
      secret('a code', '287082', 'totp/format'),
      secret('digits that base32 does not have', 'JBSWY3DPEHPK3PX0', 'totp/format'),
      secret('a length that base32 never has', TOTP.slice(0, -1), 'totp/format'),
      secret('a space alone', ' ', 'totp/format'),
      secret('a password', 'Hunter2!QZXJW', 'totp/format'),
      secret('hex', 'deadbeef00deadbeef00', 'totp/format'),
    ],
    sound: [
      secret('128 bits', TOTP),
      secret('160 bits', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'),
      secret('80 bits', 'JBSWY3DPEHPK3PXP', 'totp/short'),
      secret('the empty text', '', 'credential/empty'),
      create(
        'one that does not open',
        payload({ tfa_secret: sealed('no secret', FOREIGN_KEY) }),
        'tfa_secret: credential/wrong-key-or-changed',
      ),
      create('a password of the same form', payload({ password: sealed('287082') })),
    ],
  },
  'totp/not-canonical': {
    severity: 'warning',
    broken: [
      secret('a bit behind 16 bytes', `${TOTP.slice(0, -1)}B`, 'totp/not-canonical'),
      secret('all of them', `${TOTP.slice(0, -1)}7`, 'totp/not-canonical'),
      secret('of a short one', 'QZ', 'totp/not-canonical', 'totp/short'),
      update(
        'on update',
        payload({ tfa_secret: sealed(`${TOTP.slice(0, -1)}B`) }),
        'tfa_secret: totp/not-canonical',
      ),
    ],
    sound: [
      secret('none, as no bits are left over', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ7'),
      secret('zero', `${TOTP.slice(0, -1)}4`),
      secret('in lower case', `${TOTP.slice(0, -1)}b`.toLowerCase(), 'totp/format'),
    ],
  },
  'totp/short': {
    severity: 'warning',
    broken: [
      secret('80 bits', 'JBSWY3DPEHPK3PXP', 'totp/short'),
      secret('120 bits', 'JBSWY3DPEHPK3PXPJBSWY3DP', 'totp/short'),
      secret('8 bits', 'QY', 'totp/short'),
      update(
        '80 bits on update',
        payload({ tfa_secret: sealed('JBSWY3DPEHPK3PXP') }),
        'tfa_secret: totp/short',
      ),
    ],
    sound: [
      secret('128 bits', TOTP),
      secret('320 bits', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'.repeat(2)),
      secret('80 bits in lower case', 'jbswy3dpehpk3pxp', 'totp/format'),
    ],
  },
  'totp/missing-secret': {
    severity: 'error',
    broken: [
      create('none', payload({ tfa_method: 'AUTHENTICATOR' }), 'tfa_secret: totp/missing-secret'),
      create(
        'undefined',
        payload({ tfa_method: 'AUTHENTICATOR', tfa_secret: undefined }),
        'tfa_secret: totp/missing-secret',
      ),
      update(
        'taken away',
        payload({ tfa_method: 'AUTHENTICATOR', tfa_secret: null }),
        'tfa_secret: totp/missing-secret',
      ),
      create(
        'null on create',
        payload({ tfa_method: 'AUTHENTICATOR', tfa_secret: null }),
        'tfa_secret: setting/type',
        'tfa_secret: totp/missing-secret',
      ),
    ],
    sound: [
      secret('there', TOTP),
      create('not needed by another method', payload({ tfa_method: 'EMAIL' })),
      create('not needed without a method', payload()),
      create('at a secret provider', payload({ ...provider, tfa_method: 'AUTHENTICATOR' })),
      create('a method that is none', payload({ tfa_method: 'authenticator' }), 'tfa_method: setting/type'),
      create(
        'there, and in plain text',
        payload({ tfa_method: 'AUTHENTICATOR', tfa_secret: TOTP }),
        'tfa_secret: credential/plaintext',
      ),
    ],
  },
  'totp/unused-secret': {
    severity: 'warning',
    broken: [
      ...METHODS.map((tfa_method) =>
        create(
          tfa_method,
          payload({ tfa_method, tfa_secret: sealed(TOTP) }),
          'tfa_secret: totp/unused-secret',
        ),
      ),
      update(
        'on update',
        payload({ tfa_method: 'SMS', tfa_secret: sealed(TOTP) }),
        'tfa_secret: totp/unused-secret',
      ),
    ],
    sound: [
      secret('used', TOTP),
      create('no method said: the vault may have one', payload({ tfa_secret: sealed(TOTP) })),
      create('no secret', payload({ tfa_method: 'EMAIL' })),
      update('a secret that is taken away', payload({ tfa_method: 'EMAIL', tfa_secret: null })),
      create(
        'an empty secret',
        payload({ tfa_method: 'EMAIL', tfa_secret: '' }),
        'tfa_secret: credential/empty',
      ),
    ],
  },
};
