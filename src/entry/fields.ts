import * as v from 'valibot';
import { CredsealError, type RuleId } from '../errors.js';
import type { TotpSecret } from '../totp/totp-secret.js';
import { domainProblem } from './domain.js';
import { type IntervalParts, toInterval } from './interval.js';
import { isJson, isPlainObject } from './json.js';

/**
 * One row of the field table: everything that knows a field of the vault API (checks, types, sealing, "did you
 * mean", the reference in the README) reads it here. The facts are those of VAULT-API.md.
 */
export interface Field {
  /** What may be written. Its messages end the sentence that begins with the field's path. */
  readonly schema: v.GenericSchema;
  readonly required?: true;
  /** Sealed on the way out: always, or where `proxy_setting` is `custom`. */
  readonly sealed?: 'always' | 'custom-proxy';
  /** Set by the vault: refused on every write, or on create only. */
  readonly readOnly?: 'always' | 'on-create';
  /** The rule that a value of the right type breaks; a wrong type is always `setting/type`. */
  readonly rule?: RuleId;
  /** The type in words, for the reference. */
  readonly type: string;
  /** What to know, for the reference. */
  readonly notes?: string;
  /** What people write instead, in lower case without separators. */
  readonly alsoCalled?: readonly string[];
}

/** Makes a schema of a check that gives the end of a sentence, or nothing. */
const checked = (problem: (text: string) => string | undefined) =>
  v.pipe(
    v.string('must be a string'),
    v.rawCheck(({ dataset, addIssue }) => {
      const message = dataset.typed ? problem(dataset.value) : undefined;
      if (message !== undefined) addIssue({ message });
    }),
  );

const text = v.string('must be a string');
const flag = v.boolean('must be true or false');
const credential = v.string('must be a string');
const readOnly = v.never('is set by the vault');
const ipAddress = v.pipe(text, v.ip('must be an IPv4 or IPv6 address'));
const wholeNumber = v.pipe(v.number('must be a whole number'), v.integer('must be a whole number'));
const jsonObject = v.pipe(
  v.custom<Record<string, unknown>>(isPlainObject, 'must be an object'),
  v.check((value: Record<string, unknown>) => isJson(value), 'must hold nothing but JSON data'),
);

const interval = v.pipe(
  v.custom<string | IntervalParts>(
    (value) => typeof value === 'string' || isPlainObject(value),
    'must be a PostgreSQL interval such as "01:30:00", or parts such as { days: 7, hours: 1 }',
  ),
  v.rawTransform(({ dataset, addIssue, NEVER }): string => {
    try {
      return toInterval(dataset.value);
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      addIssue({ message: `is not usable: ${error.message}` });
      return NEVER;
    }
  }),
);

const cookie = v.looseObject(
  {
    name: text,
    value: text,
    domain: text,
    path: v.optional(text),
    httpOnly: v.optional(flag),
    hostOnly: v.optional(flag),
    secure: v.optional(flag),
    session: v.optional(flag),
    storeId: v.optional(v.nullable(text)),
    sameSite: v.optional(v.nullable(text)),
    expirationDate: v.optional(v.number('must be a number: seconds since the epoch')),
  },
  'must be an object with name, value and domain',
);
const header = v.strictObject(
  { name: text, value: text },
  'must be an object of name and value, and no more',
);
const proxy = v.strictObject(
  { enable: flag, target_ip: v.optional(ipAddress) },
  'must be an object of enable and, if wanted, target_ip',
);

const isFilled = v.nonEmpty<string, string>('must not be empty');

/** The ways of a second factor. EMAIL, SMS and MAGIC_LINK are received by the vault and need no secret. */
const tfaMethods = ['AUTHENTICATOR', 'EMAIL', 'SMS', 'MAGIC_LINK'] as const;
const proxySettings = ['random', 'static', 'country', 'custom'] as const;

/** The field table. When the API grows a field, it gets a row here, and nothing else. */
export const fields = {
  permissioned_user_id: {
    schema: v.pipe(text, isFilled),
    required: true,
    type: 'string',
    notes: 'identifies the entry in workflow executions',
    alsoCalled: ['userid', 'permissioneduser', 'puid'],
  },
  domain: {
    schema: checked(domainProblem),
    required: true,
    rule: 'setting/domain',
    type: 'string',
    notes:
      'absolute http(s) URL of the target site; no user info, not localhost; matched exactly, never rewritten',
    alsoCalled: ['url', 'website', 'site', 'host', 'origin'],
  },
  user_name: {
    schema: credential,
    sealed: 'always',
    type: 'string',
    notes: 'primary user name or e-mail address',
    alsoCalled: ['username', 'login', 'email', 'user'],
  },
  password: {
    schema: credential,
    sealed: 'always',
    type: 'string',
    alsoCalled: ['pass', 'pwd', 'passphrase', 'passwd'],
  },
  tfa_secret: {
    schema: credential,
    sealed: 'always',
    type: 'string or TotpSecret',
    notes: 'base32 as authenticator apps show it, or an otpauth://totp URI; SHA1, 6 digits, 30 s',
    alsoCalled: [
      'totp',
      'totpsecret',
      'otp',
      'otpsecret',
      'mfasecret',
      'twofactorsecret',
      '2fasecret',
      '2fa',
    ],
  },
  tfa_method: {
    schema: v.picklist(tfaMethods, `must be one of ${tfaMethods.join(', ')}`),
    type: tfaMethods.map((method) => `\`${method}\``).join(', '),
    notes: '`AUTHENTICATOR` needs `tfa_secret`',
    alsoCalled: ['mfamethod', 'twofactormethod', '2famethod'],
  },
  user_alias: { schema: text, type: 'string', notes: 'a human-readable identifier', alsoCalled: ['alias'] },
  persist_session_storage: {
    schema: v.nullable(flag),
    type: 'boolean or null',
    notes: 'kept across workflow executions',
  },
  persist_local_storage: {
    schema: v.nullable(flag),
    type: 'boolean or null',
    notes: 'kept across workflow executions',
  },
  persist_cookies: {
    schema: v.nullable(flag),
    type: 'boolean or null',
    notes: 'kept across workflow executions',
  },
  allow_multiple_sessions: {
    schema: flag,
    type: 'boolean',
    notes: 'the same credentials in several executions at once; default false',
  },
  max_concurrency: {
    schema: v.nullable(v.pipe(wholeNumber, v.minValue(1, 'must be at least 1, or null for no limit'))),
    rule: 'setting/concurrency',
    type: 'whole number or null',
    notes: 'at least 1; needs `allow_multiple_sessions: true`; null is no limit',
  },
  prevent_concurrency_during_login: { schema: v.nullable(flag), type: 'boolean or null' },
  expiry_time_from_last_use: {
    schema: v.nullable(interval),
    rule: 'setting/interval',
    type: 'interval or null',
    notes: 'PostgreSQL interval, `"01:30:00"`, or parts, `{ hours: 1, minutes: 30 }`; null is no expiry',
  },
  expiry_time_from_session_data_set: {
    schema: v.nullable(interval),
    rule: 'setting/interval',
    type: 'interval or null',
    notes: 'PostgreSQL interval, `"7 days 00:00:00"`, or parts, `{ days: 7 }`; null is no expiry',
  },
  proxy: {
    schema: proxy,
    rule: 'setting/ip-address',
    type: '`{ enable: boolean, target_ip?: string }`',
    notes: 'with `target_ip`, a proxy closest to that address',
  },
  proxy_setting: {
    schema: v.picklist(proxySettings, `must be one of ${proxySettings.join(', ')}`),
    type: proxySettings.map((setting) => `\`${setting}\``).join(', '),
  },
  proxy_value: {
    schema: v.pipe(text, isFilled),
    sealed: 'custom-proxy',
    rule: 'setting/proxy',
    type: 'string',
    notes:
      'needs `proxy_setting`: country code, target IP, or for `custom` a `socks5`, `http` or `https` URL, which is sealed',
  },
  secret_provider_id: {
    schema: v.pipe(text, isFilled),
    rule: 'setting/provider',
    type: 'string',
    notes: 'with `secret_ref`: the credentials come from a provider, and the entry carries none',
  },
  secret_ref: {
    schema: v.pipe(text, isFilled),
    rule: 'setting/provider',
    type: 'string',
    notes: 'with `secret_provider_id`',
  },
  secret_cache_ttl_seconds: {
    schema: v.pipe(wholeNumber, v.minValue(0, 'must not be negative')),
    rule: 'setting/provider',
    type: 'whole number of seconds',
    notes: 'only with `secret_provider_id` and `secret_ref`',
  },
  cookies: { schema: v.array(cookie, 'must be an array of cookies'), type: 'array of cookies' },
  session_storage: { schema: jsonObject, type: 'object' },
  local_storage: { schema: jsonObject, type: 'object' },
  cookie_domain_to_store: { schema: v.nullable(text), type: 'string or null' },
  skip_csrf_cookies: { schema: flag, type: 'boolean' },
  headers: { schema: v.array(header, 'must be an array of headers'), type: 'array of `{ name, value }`' },
  user_agent: { schema: text, type: 'string' },
  location: { schema: text, type: 'string' },
  ip_address: { schema: ipAddress, rule: 'setting/ip-address', type: 'IPv4 or IPv6 address' },
  id: {
    schema: v.pipe(text, v.uuid('must be a UUID')),
    readOnly: 'on-create',
    type: 'UUID',
    notes: 'set by the vault; may be given on update',
  },
  workspace_id: { schema: readOnly, readOnly: 'always', type: 'string' },
  user_id: { schema: readOnly, readOnly: 'always', type: 'string' },
  created_at: { schema: readOnly, readOnly: 'always', type: 'timestamp' },
  updated_at: { schema: readOnly, readOnly: 'always', type: 'timestamp' },
  tfa_email: { schema: readOnly, readOnly: 'always', type: 'string' },
  tfa_phone_number: { schema: readOnly, readOnly: 'always', type: 'string' },
  session_data_set_at: { schema: readOnly, readOnly: 'always', type: 'timestamp' },
  effective_expires_at: { schema: readOnly, readOnly: 'always', type: 'timestamp' },
  proxy_string: { schema: readOnly, readOnly: 'always', type: 'string' },
  session_id: { schema: readOnly, readOnly: 'always', type: 'string' },
} as const satisfies Record<string, Field>;

type Table = typeof fields;

/** The name of a field that the vault API knows. */
export type FieldName = keyof Table;

type ReadOnlyName = { [N in FieldName]: Table[N] extends { readOnly: 'always' } ? N : never }[FieldName];
type CredentialName = { [N in FieldName]: Table[N] extends { sealed: 'always' } ? N : never }[FieldName];
type RequiredName = { [N in FieldName]: Table[N] extends { required: true } ? N : never }[FieldName];
type SettingName = Exclude<FieldName, ReadOnlyName | CredentialName | RequiredName | 'id'>;

/** The two fields that name an entry. */
export type EntryRef = { [N in RequiredName]: v.InferInput<Table[N]['schema']> };
/** Everything that is neither a credential nor set by the vault, as it may be written. */
export type EntrySettings = { [N in SettingName]?: v.InferInput<Table[N]['schema']> | undefined };
/** The same as it is sent: intervals are text. */
export type SentSettings = { [N in SettingName]?: v.InferOutput<Table[N]['schema']> | undefined };
/** The fields that the vault sets. */
export type VaultSetFields = { [N in ReadOnlyName | 'id']?: unknown };
/** The credentials, each as `T`. */
export type Credentials<T> = { [N in CredentialName]?: T | undefined };
/** What a `tfa_secret` may be given as. */
export type TfaSecret = string | TotpSecret;
/** How the second factor arrives. */
export type TfaMethod = (typeof tfaMethods)[number];

const table = new Map<string, Field>(Object.entries(fields));

/** The row of a field, by whatever name came in; a `Map`, so that `__proto__` and `constructor` are unknown. */
export function fieldOf(name: string): Field | undefined {
  return table.get(name);
}

/** Every row with its name, in the order of the table. */
export const fieldEntries: readonly (readonly [string, Field])[] = [...table];
