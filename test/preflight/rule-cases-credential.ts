import { TotpSecret } from '../../src/totp/totp-secret.js';
import {
  changedAt,
  FOREIGN_KEY,
  KEY,
  OLD_KEY,
  payload,
  REF,
  RING,
  sealed,
  sealedRaw,
  TOTP,
} from './payloads.js';
import { create, type RuleTable, under, update } from './rule-case.js';

const one = sealed('Hunter2!QZXJW');
const SHORT_HEX = 'c0ffee5eed'.repeat(4);
const proxied = (proxy_value: unknown) => payload({ proxy_setting: 'custom', proxy_value });
/** One payload with that password, and what must be said about it. */
const password = (what: string, value: unknown, ...rules: string[]) =>
  create(what, payload({ password: value }), ...rules.map((rule) => `password: ${rule}`));

/** What is there instead of a sealed value. */
export const credentialCases: RuleTable<
  | 'credential/plaintext'
  | 'credential/malformed'
  | 'credential/wrong-key-or-changed'
  | 'credential/previous-key'
  | 'credential/empty'
> = {
  'credential/plaintext': {
    severity: 'error',
    broken: [
      password('text', 'Hunter2!QZXJW', 'credential/plaintext'),
      password('a number', 4711, 'credential/plaintext'),
      password('a big number', 4711n, 'credential/plaintext'),
      password('a flag', true, 'credential/plaintext'),
      password('an object', { value: one }, 'credential/plaintext'),
      password('an array', [one], 'credential/plaintext'),
      password('a symbol', Symbol('QZXJW'), 'credential/plaintext'),
      password('a function', () => one, 'credential/plaintext'),
      password('a boxed string', new String('Hunter2!QZXJW'), 'credential/plaintext'),
      password('the bytes of a sealed value', Buffer.from(one, 'hex'), 'credential/plaintext'),
      password(
        'a sealed value in base64',
        Buffer.from(one, 'hex').toString('base64'),
        'credential/plaintext',
      ),
      password('white space', '   ', 'credential/plaintext'),
      password('hex that is shorter than any sealed value', '0123456789abcdef', 'credential/plaintext'),
      password('its fingerprint', String(KEY), 'credential/plaintext'),
      create('a user name', payload({ user_name: 'ada-QZXJW' }), 'user_name: credential/plaintext'),
      create('a TOTP secret', payload({ tfa_secret: TOTP }), 'tfa_secret: credential/plaintext'),
      create(
        'a TotpSecret',
        payload({ tfa_secret: TotpSecret.parse(TOTP) }),
        'tfa_secret: credential/plaintext',
      ),
      create(
        "the URL of a proxy of one's own",
        proxied('socks5://ada:QZXJW@p.example:1080'),
        'proxy_value: credential/plaintext',
      ),
      create("a number for a proxy of one's own", proxied(1080), 'proxy_value: credential/plaintext'),
      update('text on update', payload({ password: 'Hunter2!QZXJW' }), 'password: credential/plaintext'),
      create(
        'two in one payload',
        payload({ user_name: 'ada-QZXJW', password: 'x' }),
        'password: credential/plaintext',
        'user_name: credential/plaintext',
      ),
      create(
        'the third of a batch',
        [
          { ...REF, domain: 'https://a.example' },
          { ...REF, domain: 'https://b.example' },
          { ...REF, password: 'x' },
        ],
        '[2].password: credential/plaintext',
      ),
    ],
    sound: [
      password('a sealed value', one),
      password('a sealed value in upper case', one.toUpperCase()),
      password('a boxed string, sealed', new String(one)),
      password('the empty text', '', 'credential/empty'),
      password('a damaged one', one.slice(0, -1), 'credential/malformed'),
      password('text that is hex and long', 'c0ffee5eed'.repeat(8), 'credential/wrong-key-or-changed'),
      update('null on update', payload({ password: null })),
      password('null on create', null, 'setting/type'),
      create("the value of a proxy of the vault's", payload({ proxy_setting: 'country', proxy_value: 'DE' })),
      create("the sealed URL of a proxy of one's own", proxied(sealed('socks5://ada:QZXJW@p.example:1080'))),
      password('undefined, which is not sent', undefined),
    ],
  },
  'credential/malformed': {
    severity: 'error',
    broken: [
      password('one digit cut off', one.slice(0, -1), 'credential/malformed'),
      password('cut off in the middle', one.slice(0, 50), 'credential/malformed'),
      password('a line break at the end', `${one}\n`, 'credential/malformed'),
      password('a space at the start', ` ${one}`, 'credential/malformed'),
      password('white space in the middle', `${one.slice(0, 40)} ${one.slice(40)}`, 'credential/malformed'),
      password('something else at the end', `${one.slice(0, -4)}zzzz`, 'credential/malformed'),
      password(
        'something else in the middle',
        `${one.slice(0, 30)}…${one.slice(31)}`,
        'credential/malformed',
      ),
      password('two values in one', `${one},${sealed('x')}`, 'credential/malformed'),
      create(
        'upper case, cut off',
        payload({ tfa_secret: sealed(TOTP).toUpperCase().slice(0, -3) }),
        'tfa_secret: credential/malformed',
      ),
      create(
        'the URL of a proxy',
        proxied(`${sealed('http://p.example')}\r\n`),
        'proxy_value: credential/malformed',
      ),
    ],
    sound: [
      password('whole', one),
      password('in upper case', one.toUpperCase()),
      password('in mixed case', one.slice(0, 40).toUpperCase() + one.slice(40)),
      password(
        'two digits cut off: the tag does not hold',
        one.slice(0, -2),
        'credential/wrong-key-or-changed',
      ),
      password('a password with some hex in it', `horse-${SHORT_HEX}`, 'credential/plaintext'),
      password(
        'a password that begins with hex, and is short',
        'c0ffee5eedc0ffee5eedc0ffee!',
        'credential/plaintext',
      ),
    ],
  },
  'credential/wrong-key-or-changed': {
    severity: 'error',
    broken: [
      password('a value under another key', sealed('x', FOREIGN_KEY), 'credential/wrong-key-or-changed'),
      password('a changed IV', changedAt(one, 0), 'credential/wrong-key-or-changed'),
      password('a changed ciphertext', changedAt(one, 30), 'credential/wrong-key-or-changed'),
      password('a changed tag', changedAt(one, -1), 'credential/wrong-key-or-changed'),
      password('bytes cut off', one.slice(0, -2), 'credential/wrong-key-or-changed'),
      password('bytes added', `${one}00`, 'credential/wrong-key-or-changed'),
      password('the shortest that has the shape', '0'.repeat(60), 'credential/wrong-key-or-changed'),
      password('the key itself', FOREIGN_KEY.toHex(), 'credential/wrong-key-or-changed'),
      password(
        'a value under a key that was dropped',
        sealed('x', OLD_KEY),
        'credential/wrong-key-or-changed',
      ),
      under(RING)(
        'a value under none of several keys',
        payload({ password: sealed('x', FOREIGN_KEY) }),
        'password: credential/wrong-key-or-changed',
      ),
      create(
        'every value under another key',
        payload({
          user_name: sealed('a', OLD_KEY),
          password: sealed('b', OLD_KEY),
          tfa_secret: sealed(TOTP, OLD_KEY),
        }),
        'password: credential/wrong-key-or-changed',
        'tfa_secret: credential/wrong-key-or-changed',
        'user_name: credential/wrong-key-or-changed',
      ),
      create(
        'the URL of a proxy',
        proxied(sealed('no URL', FOREIGN_KEY)),
        'proxy_value: credential/wrong-key-or-changed',
      ),
    ],
    sound: [
      password('a value under this key', one),
      under(RING)(
        'a value under a previous key',
        payload({ password: sealed('x', OLD_KEY) }, OLD_KEY),
        'password: credential/previous-key',
        'user_name: credential/previous-key',
      ),
      password('a value that no longer has the shape', `${one}0`, 'credential/malformed'),
      create('a sealed value where none belongs', payload({ user_alias: sealed('x', FOREIGN_KEY) })),
    ],
  },
  'credential/previous-key': {
    severity: 'warning',
    broken: [
      under(RING)(
        'one value',
        payload({ password: sealed('x', OLD_KEY) }),
        'password: credential/previous-key',
      ),
      under(RING)(
        'all values',
        payload({ password: sealed('x', OLD_KEY) }, OLD_KEY),
        'password: credential/previous-key',
        'user_name: credential/previous-key',
      ),
      under(RING)(
        'the URL of a proxy',
        proxied(sealed('http://p.example', OLD_KEY)),
        'proxy_value: credential/previous-key',
      ),
      under(RING)(
        'a value that has something else about it',
        payload({ password: sealed(' x', OLD_KEY) }),
        'password: credential/previous-key',
        'password: credential/surrounding-space',
      ),
    ],
    sound: [
      under(RING)('a value under the current key', payload({ password: one })),
      under(RING)(
        'a value that does not open',
        payload({ password: changedAt(sealed('x', OLD_KEY), -1) }),
        'password: credential/wrong-key-or-changed',
      ),
      create(
        'a key that is not in the ring',
        payload({ password: sealed('x', OLD_KEY) }),
        'password: credential/wrong-key-or-changed',
      ),
    ],
  },
  'credential/empty': {
    severity: 'error',
    broken: [
      password('the empty text', '', 'credential/empty'),
      password('the empty text, sealed', sealed(''), 'credential/empty'),
      password('the empty text, sealed and padded', sealedRaw('""      '), 'credential/empty'),
      create('a user name', payload({ user_name: '' }), 'user_name: credential/empty'),
      create('a TOTP secret, sealed', payload({ tfa_secret: sealed('') }), 'tfa_secret: credential/empty'),
      create('the URL of a proxy', proxied(''), 'proxy_value: credential/empty'),
      update('the empty text on update', payload({ password: '' }), 'password: credential/empty'),
    ],
    sound: [
      password('one character', sealed('x')),
      password('two quotation marks', sealed('""')),
      password('a space', sealed(' '), 'credential/surrounding-space'),
      password('a zero', sealed('\0')),
      update('null on update', payload({ password: null })),
      create(
        "the value of a proxy of the vault's",
        payload({ proxy_setting: 'static', proxy_value: '' }),
        'proxy_value: setting/proxy',
      ),
    ],
  },
};
