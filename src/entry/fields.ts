import type { TotpSecret } from '../totp/totp-secret.js';
import {
  cookies,
  domain,
  filledText,
  flag,
  type GivenBy,
  headers,
  interval,
  ipAddress,
  jsonObject,
  oneOf,
  orNull,
  proxy,
  type Schema,
  type SentBy,
  text,
  uuid,
  wholeNumber,
} from './schemas.js';

/**
 * One row of the field table: everything that knows a field of the vault API (checks, types, sealing, "did you
 * mean", the reference in docs/entries.md) reads it here. The facts are those of docs/vault-api.md.
 */
export interface Field {
  /** What may be written. Its messages end the sentence that begins with the field's path. */
  readonly schema?: Schema<unknown>;
  readonly required?: true;
  /** Sealed on the way out: always, or where `proxy_setting` is `custom`. */
  readonly sealed?: 'always' | 'custom-proxy';
  /** It decides where or how a credential is used: a manifest binds it to the names of its entry. */
  readonly bound?: true;
  /** Set by the vault: refused on every write, or on create only. */
  readonly readOnly?: 'always' | 'on-create';
  /** What an execution leaves behind, and `clear-browser-state` takes away. */
  readonly sessionState?: true;
  /** What people write instead: words in lower case without separators. */
  readonly alsoCalled?: string;
}

/** The ways of a second factor. EMAIL, SMS and MAGIC_LINK are received by the vault and need no secret. */
const tfaMethods = ['AUTHENTICATOR', 'EMAIL', 'SMS', 'MAGIC_LINK'] as const;
const proxySettings = ['random', 'static', 'country', 'custom'] as const;

/** A field of answers: refused on every write. */
const setByVault = { readOnly: 'always' } as const;

/**
 * The field table. When the API grows a field, it gets a row here, and nothing else. The comment of a row (type, then
 * what to know) is its line in docs/entries.md.
 */
export const fields = {
  /** string: identifies the entry in workflow executions */
  permissioned_user_id: {
    schema: filledText(),
    required: true,
    alsoCalled: 'userid',
  },
  /** string: absolute http(s) URL of the target site; no user info, no wildcard, not localhost; matched exactly, never rewritten */
  domain: {
    schema: domain,
    required: true,
    alsoCalled: 'url website site host',
  },
  /** string: primary user name or e-mail address */
  user_name: {
    schema: text,
    sealed: 'always',
    bound: true,
    alsoCalled: 'username login email user',
  },
  /** string */
  password: {
    schema: text,
    sealed: 'always',
    bound: true,
    alsoCalled: 'pass pwd',
  },
  /** string or TotpSecret: base32 as authenticator apps show it, or an otpauth://totp URI; SHA1, 6 digits, 30 s */
  tfa_secret: {
    schema: text,
    sealed: 'always',
    bound: true,
    alsoCalled: 'totp totpsecret otp otpsecret mfasecret 2fasecret',
  },
  /** `AUTHENTICATOR`, `EMAIL`, `SMS`, `MAGIC_LINK`: `AUTHENTICATOR` needs `tfa_secret` */
  tfa_method: {
    schema: oneOf(tfaMethods),
    bound: true,
    alsoCalled: 'mfamethod 2famethod',
  },
  /** string: a human-readable identifier */
  user_alias: { schema: text, alsoCalled: 'alias' },
  /** boolean or null: kept across workflow executions */
  persist_session_storage: {
    schema: orNull(flag),
  },
  /** boolean or null: kept across workflow executions */
  persist_local_storage: {
    schema: orNull(flag),
  },
  /** boolean or null: kept across workflow executions */
  persist_cookies: {
    schema: orNull(flag),
  },
  /** boolean: the same credentials in several executions at once; default false */
  allow_multiple_sessions: {
    schema: flag,
  },
  /** whole number or null: at least 1; needs `allow_multiple_sessions: true`; null is no limit */
  max_concurrency: {
    schema: orNull(wholeNumber(1, 'setting/concurrency')),
  },
  /** boolean or null */
  prevent_concurrency_during_login: { schema: orNull(flag) },
  /** interval or null: PostgreSQL interval, `"01:30:00"`, or parts, `{ hours: 1, minutes: 30 }`; null is no expiry */
  expiry_time_from_last_use: {
    schema: orNull(interval),
  },
  /** interval or null: PostgreSQL interval, `"7 days 00:00:00"`, or parts, `{ days: 7 }`; null is no expiry */
  expiry_time_from_session_data_set: {
    schema: orNull(interval),
  },
  /** `{ enable: boolean, target_ip?: string }`: with `target_ip`, a proxy closest to that address */
  proxy: {
    schema: proxy,
    bound: true,
  },
  /** `random`, `static`, `country`, `custom` */
  proxy_setting: {
    schema: oneOf(proxySettings),
    bound: true,
  },
  /** string: needs `proxy_setting`: country code, target IP, or for `custom` a `socks5`, `http` or `https` URL, which is sealed */
  proxy_value: {
    schema: filledText('setting/proxy'),
    sealed: 'custom-proxy',
    bound: true,
  },
  /** string: with `secret_ref`: the credentials come from a provider, and the entry carries none */
  secret_provider_id: {
    schema: filledText('setting/provider'),
    bound: true,
  },
  /** string: with `secret_provider_id` */
  secret_ref: {
    schema: filledText('setting/provider'),
    bound: true,
  },
  /** whole number of seconds: only with `secret_provider_id` and `secret_ref` */
  secret_cache_ttl_seconds: {
    schema: wholeNumber(0, 'setting/provider'),
    bound: true,
  },
  /** array of cookies */
  cookies: { schema: cookies, sessionState: true },
  /** object */
  session_storage: { schema: jsonObject, sessionState: true },
  /** object */
  local_storage: { schema: jsonObject, sessionState: true },
  /** string or null */
  cookie_domain_to_store: { schema: orNull(text) },
  /** boolean */
  skip_csrf_cookies: { schema: flag },
  /** array of `{ name, value }` */
  headers: { schema: headers, bound: true },
  /** string */
  user_agent: { schema: text },
  /** string */
  location: { schema: text },
  /** IPv4 or IPv6 address */
  ip_address: { schema: ipAddress },
  /** UUID: set by the vault; may be given on update */
  id: {
    schema: uuid,
    readOnly: 'on-create',
  },
  /** string */
  workspace_id: setByVault,
  /** string */
  user_id: setByVault,
  /** timestamp */
  created_at: setByVault,
  /** timestamp */
  updated_at: setByVault,
  /** string */
  tfa_email: setByVault,
  /** string */
  tfa_phone_number: setByVault,
  /** timestamp */
  session_data_set_at: setByVault,
  /** timestamp */
  effective_expires_at: setByVault,
  /** string */
  proxy_string: setByVault,
  /** string */
  session_id: setByVault,
} as const satisfies Record<string, Field>;

type Table = typeof fields;

/** The name of a field that the vault API knows. */
export type FieldName = keyof Table;

type ReadOnlyName = { [N in FieldName]: Table[N] extends { readOnly: 'always' } ? N : never }[FieldName];
type CredentialName = { [N in FieldName]: Table[N] extends { sealed: 'always' } ? N : never }[FieldName];
type RequiredName = { [N in FieldName]: Table[N] extends { required: true } ? N : never }[FieldName];
type SettingName = Exclude<FieldName, ReadOnlyName | CredentialName | RequiredName | 'id'>;

/** The two fields that name an entry. */
export type EntryRef = { [N in RequiredName]: GivenBy<Table[N]['schema']> };
/** Everything that is neither a credential nor set by the vault, as it may be written. */
export type EntrySettings = { [N in SettingName]?: GivenBy<Table[N]['schema']> | undefined };
/** The same as it is sent: intervals are text. */
export type SentSettings = { [N in SettingName]?: SentBy<Table[N]['schema']> | undefined };
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

/** Whether a field of this entry travels sealed. */
export function isSealedField(field: Field, entry: Readonly<Record<string, unknown>>): boolean {
  return field.sealed === 'always' || (field.sealed === 'custom-proxy' && entry.proxy_setting === 'custom');
}

/** Every row with its name, in the order of the table. */
export const fieldEntries: readonly (readonly [string, Field])[] = [...table];
/** The rows that every entry has. */
export const requiredNames = fieldEntries.flatMap(([name, field]) => (field.required ? [name] : []));
/** The rows that a manifest binds to an entry's names, in the order of their names. */
export const boundEntries = fieldEntries
  .filter(([, field]) => field.bound)
  .sort(([one], [other]) => (one < other ? -1 : 1));
/** The rows whose values travel sealed, always or at times. */
export const sealedEntries = fieldEntries.filter(([, field]) => field.sealed);
