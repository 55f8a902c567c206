import type { RuleId } from '../../src/errors.js';
import { changedAt, KEY, OLD_KEY, RING, sealed, sealedRaw, TOTP } from './payloads.js';
import { type Entry, pick, type Random } from './sound-entries.js';

/** What comes of a sound payload by a fault: where the finding must be, and what else preflight is given. */
export interface Faulty {
  readonly given: unknown;
  readonly path: string;
}

export interface Fault {
  readonly rule: RuleId;
  readonly what: string;
  readonly operation?: 'update';
  readonly keys?: typeof RING;
  readonly make: (payload: Entry, random: Random) => Faulty;
}

const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];
const READ_ONLY = [
  'workspace_id',
  'user_id',
  'created_at',
  'updated_at',
  'tfa_email',
  'session_id',
  'proxy_string',
];
const FLAGS = [
  'persist_session_storage',
  'persist_local_storage',
  'persist_cookies',
  'skip_csrf_cookies',
  'allow_multiple_sessions',
];
const INTERVALS = ['expiry_time_from_last_use', 'expiry_time_from_session_data_set'];

const letters = (random: Random, length = 12) =>
  Array.from({ length }, () => pick(random, [...'abcdefghijkmnpqrstuvwxyz'])).join('');
const bytes = (random: Random) => Uint8Array.from({ length: 12 }, () => random(256));

/** A fault of one field: its value is another. */
function inField(
  rule: RuleId,
  what: string,
  names: readonly string[],
  value: (random: Random) => unknown,
  more: object = {},
): Fault {
  return {
    rule,
    what,
    ...more,
    make: (payload, random) => {
      const path = pick(random, names);
      return { path, given: { ...payload, [path]: value(random) } };
    },
  };
}
/** A fault of a value that is sealed well: what is inside is to blame. */
const inside = (
  rule: RuleId,
  what: string,
  names: readonly string[],
  text: (random: Random) => string,
  more?: object,
) => inField(rule, what, names, (random) => sealed(text(random)), more);
/** Fields to add, or to take away by undefined. */
const changed = (
  rule: RuleId,
  what: string,
  path: string,
  changes: (random: Random) => object,
  more: object = {},
): Fault => ({
  rule,
  what,
  ...more,
  make: (payload, random) => ({ path, given: { ...payload, ...changes(random) } }),
});

function transposed(name: string, random: Random): string {
  const at = 1 + random(name.length - 2);
  return name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2);
}

/** At least one fault for every rule, each of which the finding must be found for, whatever payload it befalls. */
export const faults: readonly Fault[] = [
  {
    rule: 'payload/not-an-object',
    what: 'in JSON',
    make: (payload) => ({ path: '', given: JSON.stringify(payload) }),
  },
  {
    rule: 'payload/not-an-object',
    what: 'as a Map',
    make: (payload) => ({ path: '', given: new Map(Object.entries(payload)) }),
  },
  {
    rule: 'payload/unknown-field',
    what: 'two letters of a name transposed',
    make: (payload, random) => {
      const name = pick(random, ['password', 'user_name', 'tfa_secret', 'proxy_value', 'domain']);
      const path = transposed(name, random);
      return path === name
        ? { path: 'x', given: { ...payload, x: 1 } }
        : { path, given: { ...payload, [path]: letters(random) } };
    },
  },
  inField(
    'payload/missing-field',
    'a name that is left out',
    ['permissioned_user_id', 'domain'],
    () => undefined,
  ),
  inField('payload/read-only-field', 'a field of an answer', READ_ONLY, letters),
  {
    rule: 'payload/nothing-to-update',
    what: 'nothing but names',
    operation: 'update',
    make: ({ permissioned_user_id, domain }) => ({ path: '', given: { permissioned_user_id, domain } }),
  },
  inField('credential/plaintext', 'plain text', CREDENTIALS, (random) => letters(random, 1 + random(80))),
  inField('credential/plaintext', 'a number', CREDENTIALS, (random) => random(1e9)),
  changed('credential/plaintext', 'a plain proxy URL', 'proxy_value', () => ({
    proxy_setting: 'custom',
    proxy_value: 'http://p.example',
  })),
  inField('credential/malformed', 'cut off at an odd digit', CREDENTIALS, (random) =>
    sealed(letters(random)).slice(0, 41 + 2 * random(20)),
  ),
  inField('credential/malformed', 'with white space within', CREDENTIALS, (random) => {
    const value = sealed(letters(random));
    const at = 24 + random(value.length - 24);
    return `${value.slice(0, at)}${pick(random, [' ', '\n', '\t'])}${value.slice(at)}`;
  }),
  inField('credential/wrong-key-or-changed', 'one digit changed', CREDENTIALS, (random) => {
    const value = sealed(letters(random));
    return changedAt(value, random(value.length));
  }),
  inField('credential/wrong-key-or-changed', 'another key', CREDENTIALS, (random) =>
    sealed(letters(random), OLD_KEY),
  ),
  inField(
    'credential/previous-key',
    'the key before',
    ['user_name', 'password'],
    (random) => sealed(letters(random), OLD_KEY),
    { keys: RING },
  ),
  inField('credential/not-json-string', 'sealed as it is', CREDENTIALS, (random) =>
    sealedRaw(letters(random)),
  ),
  inField('credential/not-json-string', 'a number inside', CREDENTIALS, (random) =>
    sealedRaw(String(random(1e9) + 10)),
  ),
  inField('credential/empty', 'nothing', CREDENTIALS, () => ''),
  inside('credential/empty', 'nothing inside', CREDENTIALS, () => ''),
  inside('credential/sealed-twice', 'sealed inside', CREDENTIALS, (random) => sealed(letters(random))),
  inside(
    'credential/surrounding-space',
    'a line break behind it',
    ['user_name', 'password'],
    (random) => `${letters(random)}\n`,
  ),
  {
    rule: 'credential/iv-reused',
    what: 'one IV for two values',
    make: (payload, random) => {
      const iv = bytes(random);
      const user_name = sealed(letters(random), KEY, iv);
      const { user_name: _, password: __, ...others } = payload;
      return {
        path: 'password',
        given: { ...others, user_name, password: sealed(letters(random, 13), KEY, iv) },
      };
    },
  },
  {
    rule: 'credential/copied',
    what: 'one sealed value twice',
    make: (payload, random) => {
      const value = sealed(letters(random));
      const { user_name: _, password: __, ...others } = payload;
      return {
        path: 'password',
        given: { ...others, user_name: value, password: pick(random, [value, value.toUpperCase()]) },
      };
    },
  },
  inside('totp/format', 'not canonical', ['tfa_secret'], (random) =>
    pick(random, [
      TOTP.toLowerCase(),
      ` ${TOTP}`,
      `otpauth://totp/x?secret=${TOTP}`,
      String(100_000 + random(900_000)),
      `${TOTP}1`,
    ]),
  ),
  inside(
    'totp/not-canonical',
    'bits behind the last byte',
    ['tfa_secret'],
    (random) => `${TOTP.slice(0, -1)}${pick(random, ['B', 'F', 'R', '7'])}`,
  ),
  inside('totp/short', '16 characters', ['tfa_secret'], (random) => letters(random, 16).toUpperCase()),
  changed('totp/missing-secret', 'no secret', 'tfa_secret', () => ({
    tfa_method: 'AUTHENTICATOR',
    tfa_secret: undefined,
    secret_provider_id: undefined,
    secret_ref: undefined,
  })),
  changed('totp/unused-secret', 'another method', 'tfa_secret', (random) => ({
    tfa_method: pick(random, ['EMAIL', 'SMS', 'MAGIC_LINK']),
    tfa_secret: sealed(TOTP),
  })),
  inField('setting/type', 'text for a flag', FLAGS, (random) => pick<unknown>(random, ['true', 1, {}, []])),
  inField('setting/type', 'an interval in parts', INTERVALS, (random) => ({ days: 1 + random(30) })),
  inField('setting/interval', 'no interval', INTERVALS, (random) =>
    pick(random, ['banana', '', '-1 day', '0', letters(random)]),
  ),
  inField('setting/domain', 'no origin', ['domain'], (random) =>
    pick(random, [letters(random), `https://a:b@${letters(random)}.example`, 'http://localhost:3000', '']),
  ),
  inField(
    'setting/domain-form',
    'more than an origin',
    ['domain'],
    (random) => `https://${letters(random)}.example${pick(random, ['/', '/login', '?a=b', '#a'])}`,
  ),
  inField('setting/ip-address', 'no address', ['ip_address'], (random) =>
    pick(random, [`${256 + random(700)}.1.1.1`, letters(random), '1.2.3']),
  ),
  changed('setting/concurrency', 'one session', 'max_concurrency', (random) => ({
    allow_multiple_sessions: false,
    max_concurrency: 1 + random(9),
  })),
  changed('setting/proxy', 'no such country', 'proxy_value', (random) => ({
    proxy_setting: 'country',
    proxy_value: letters(random),
  })),
  changed('setting/proxy', 'no proxy_setting', 'proxy_value', (random) => ({
    proxy_setting: undefined,
    proxy_value: letters(random),
  })),
  changed('setting/provider', 'half of it', 'secret_ref', (random) => ({
    secret_provider_id: letters(random),
    secret_ref: undefined,
  })),
  changed('setting/provider', 'and credentials', 'password', (random) => ({
    secret_provider_id: letters(random),
    secret_ref: 'r',
    password: sealed('x'),
  })),
  {
    rule: 'batch/duplicate-entry',
    what: 'the names of another',
    make: ({ permissioned_user_id, domain }) => {
      const user_agent = 'Mozilla/5.0';
      return {
        path: '[1].permissioned_user_id',
        given: [
          { permissioned_user_id, domain },
          { permissioned_user_id, domain, user_agent },
        ],
      };
    },
  },
];
