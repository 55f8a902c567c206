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
import { create, type RuleTable, under } from './rule-case.js';

const IV = Uint8Array.from({ length: 12 }, (_, index) => 0xa0 + index);
const one = sealed('Hunter2!QZXJW');
const two = sealed('QZXJW-two');
const proxied = (url: string) => payload({ proxy_setting: 'custom', proxy_value: sealed(url) });
const password = (what: string, value: unknown, ...rules: string[]) =>
  create(what, payload({ password: value }), ...rules.map((rule) => `password: ${rule}`));
/** Entries of one batch, with different names. */
const batch = (...entries: object[]) =>
  entries.map((entry, index) => ({ ...REF, permissioned_user_id: `user-${index}`, ...entry }));
const otherEnd = (value: string) => value.slice(0, 30) + changedAt(value.slice(30), -1);

/** What is inside of a sealed value, and where else it is. */
export const sealedCases: RuleTable<
  | 'credential/not-json-string'
  | 'credential/sealed-twice'
  | 'credential/surrounding-space'
  | 'credential/iv-reused'
  | 'credential/copied'
> = {
  'credential/not-json-string': {
    severity: 'error',
    broken: [
      password('the text itself', sealedRaw('Hunter2!QZXJW'), 'credential/not-json-string'),
      password('digits, which are JSON', sealedRaw('4711'), 'credential/not-json-string'),
      password('null', sealedRaw('null'), 'credential/not-json-string'),
      password('an object', sealedRaw('{"password":"QZXJW"}'), 'credential/not-json-string'),
      password('an array', sealedRaw('["QZXJW"]'), 'credential/not-json-string'),
      password('a string that is not closed', sealedRaw('"QZXJW'), 'credential/not-json-string'),
      password('single quotation marks', sealedRaw("'QZXJW'"), 'credential/not-json-string'),
      password('two strings', sealedRaw('"QZ" "XJW"'), 'credential/not-json-string'),
      password(
        'bytes that are no UTF-8',
        sealedRaw(Uint8Array.of(0x22, 0xff, 0x22)),
        'credential/not-json-string',
      ),
      password('a byte order mark before it', sealedRaw('\ufeff"QZXJW"'), 'credential/not-json-string'),
      create(
        'a TOTP secret itself',
        payload({ tfa_secret: sealedRaw(TOTP) }),
        'tfa_secret: credential/not-json-string',
      ),
      under(RING)(
        'under a previous key',
        payload({ password: sealedRaw('QZXJW', OLD_KEY) }),
        'password: credential/not-json-string',
        'password: credential/previous-key',
      ),
    ],
    sound: [
      password('spaces behind it, as padding makes them', sealedRaw('"QZXJW"      ')),
      password('white space before it', sealedRaw('\n\t "QZXJW"')),
      password('escapes, as Python writes them', sealedRaw('"\\u00e9QZXJW"')),
      password('a lone surrogate', sealedRaw('"\\ud800"')),
      password('a string that holds JSON', sealed('{"password":"QZXJW"}')),
      password(
        'the same, not to be opened',
        sealedRaw('QZXJW', FOREIGN_KEY),
        'credential/wrong-key-or-changed',
      ),
    ],
  },
  'credential/sealed-twice': {
    severity: 'error',
    broken: [
      password('under the same key', sealed(one), 'credential/sealed-twice'),
      password('three times', sealed(sealed(one)), 'credential/sealed-twice'),
      password('white space around it inside', sealed(` ${one}\n`), 'credential/sealed-twice'),
      password('in upper case inside', sealed(one.toUpperCase()), 'credential/sealed-twice'),
      create(
        'a TOTP secret',
        payload({ tfa_secret: sealed(sealed(TOTP)) }),
        'tfa_secret: credential/sealed-twice',
      ),
      create(
        'the URL of a proxy',
        proxied(sealed('http://p.example')),
        'proxy_value: credential/sealed-twice',
      ),
      under(RING)(
        'the previous key inside',
        payload({ password: sealed(sealed('x', OLD_KEY)) }),
        'password: credential/sealed-twice',
      ),
      under(RING)(
        'the previous key outside',
        payload({ password: sealed(one, OLD_KEY) }),
        'password: credential/previous-key',
        'password: credential/sealed-twice',
      ),
      password('something that is no JSON inside', sealed(sealedRaw('QZXJW')), 'credential/sealed-twice'),
    ],
    sound: [
      password('a password that is long and hex', sealed('c0ffee5eed'.repeat(8))),
      password('a value that does not open under this key', sealed(sealed('x', FOREIGN_KEY))),
      password('a value that was changed', sealed(changedAt(one, -1))),
    ],
  },
  'credential/surrounding-space': {
    severity: 'warning',
    broken: [
      ...[
        ' QZXJW',
        'QZXJW ',
        '\tQZXJW',
        'QZXJW\n',
        'QZXJW\r\n',
        '\u00a0QZXJW',
        'QZXJW\u3000',
        '\ufeffQZXJW',
        ' ',
      ].map((text) => password(JSON.stringify(text), sealed(text), 'credential/surrounding-space')),
      create(
        'a user name',
        payload({ user_name: sealed(' ada') }),
        'user_name: credential/surrounding-space',
      ),
    ],
    sound: [
      password('space within', sealed('correct horse\tbattery')),
      password('space around the JSON', sealedRaw(' "QZXJW" ')),
      password('characters that only look like none', sealed('\u200bQZXJW')),
      create(
        'a TOTP secret, which has a form of its own',
        payload({ tfa_secret: sealed(` ${TOTP}`) }),
        'tfa_secret: totp/format',
      ),
    ],
  },
  'credential/iv-reused': {
    severity: 'error',
    broken: [
      create(
        'within one payload',
        { ...REF, user_name: sealed('a', KEY, IV), password: sealed('b', KEY, IV) },
        'password: credential/iv-reused',
      ),
      create(
        'three times',
        {
          ...REF,
          user_name: sealed('a', KEY, IV),
          password: sealed('b', KEY, IV),
          tfa_secret: sealed(TOTP, KEY, IV),
        },
        'password: credential/iv-reused',
        'tfa_secret: credential/iv-reused',
      ),
      create(
        'across payloads',
        batch({ password: sealed('a', KEY, IV) }, {}, { password: sealed('b', KEY, IV) }),
        '[2].password: credential/iv-reused',
      ),
      create(
        'in upper and lower case',
        batch({ password: sealed('a', KEY, IV).toUpperCase() }, { password: sealed('b', KEY, IV) }),
        '[1].password: credential/iv-reused',
      ),
      create(
        'values that differ in length alone',
        batch({ password: sealed('a', KEY, IV) }, { password: sealed('aa', KEY, IV) }),
        '[1].password: credential/iv-reused',
      ),
      create(
        "by a proxy of one's own",
        {
          ...payload({ user_name: sealed('a', KEY, IV) }),
          proxy_setting: 'custom',
          proxy_value: sealed('http://p.example', KEY, IV),
        },
        'proxy_value: credential/iv-reused',
      ),
      create(
        'of values that do not open',
        batch({ password: sealed('a', FOREIGN_KEY, IV) }, { password: sealed('b', FOREIGN_KEY, IV) }),
        '[0].password: credential/wrong-key-or-changed',
        '[1].password: credential/iv-reused',
        '[1].password: credential/wrong-key-or-changed',
      ),
    ],
    sound: [
      create('different IVs for the same text', batch({ password: sealed('a') }, { password: sealed('a') })),
      create(
        'IVs that differ in the last bit',
        batch(
          { password: sealed('a', KEY, IV) },
          {
            password: sealed(
              'b',
              KEY,
              IV.map((byte, at) => (at === 11 ? byte ^ 1 : byte)),
            ),
          },
        ),
      ),
      create('a copy', batch({ password: one }, { password: one }), '[1].password: credential/copied'),
      create('one payload by itself', { ...REF, password: sealed('a', KEY, IV) }),
    ],
  },
  'credential/copied': {
    severity: 'error',
    broken: [
      create(
        'user name and password',
        payload({ user_name: one, password: one }),
        'password: credential/copied',
      ),
      create(
        'across payloads',
        batch({ password: one }, { password: one }),
        '[1].password: credential/copied',
      ),
      create(
        'three times',
        batch({ password: one }, { password: one }, { password: one }),
        '[1].password: credential/copied',
        '[2].password: credential/copied',
      ),
      create(
        'into another field of another payload',
        batch(
          { password: one },
          { user_name: two, password: sealed('x') },
          { user_name: sealed('y'), password: two },
        ),
        '[2].password: credential/copied',
      ),
      create(
        'in upper case',
        batch({ password: one }, { password: one.toUpperCase() }),
        '[1].password: credential/copied',
      ),
      create(
        'from upper case',
        batch({ password: one.toUpperCase() }, { password: one }),
        '[1].password: credential/copied',
      ),
      create(
        'of what does not open',
        batch({ password: otherEnd(one) }, { password: otherEnd(one) }),
        '[0].password: credential/wrong-key-or-changed',
        '[1].password: credential/copied',
        '[1].password: credential/wrong-key-or-changed',
      ),
      create(
        'a whole entry under another name',
        batch({ user_name: one, password: two }, { user_name: one, password: two }),
        '[1].password: credential/copied',
        '[1].user_name: credential/copied',
      ),
    ],
    sound: [
      create('the same text, sealed anew', batch({ password: sealed('a') }, { password: sealed('a') })),
      create(
        'the same text for user name and password',
        payload({ user_name: sealed('a'), password: sealed('a') }),
      ),
      create('the same plain setting', batch({ user_alias: one }, { user_alias: one })),
      create(
        'the same plain password',
        batch({ password: 'x' }, { password: 'x' }),
        '[0].password: credential/plaintext',
        '[1].password: credential/plaintext',
      ),
    ],
  },
};
