import { type KeyRing, keysOf } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import { optionsProblem } from '../options.js';
import { type Sealed, sealValue } from '../value/sealed-value.js';
import { allowedNames, checkEntry, type Operation, operationOf } from './check.js';
import type {
  Credentials,
  EntryRef,
  EntrySettings,
  SentSettings,
  TfaMethod,
  TfaSecret,
  VaultSetFields,
} from './fields.js';
import { isSealedField, sealedEntries } from './fields.js';
import { entryInvalid, optionInvalid } from './issue.js';
import { plainCredential } from './plain-credential.js';

type PlainCredentials = Omit<Credentials<string>, 'tfa_secret'>;
type Settings = Omit<EntrySettings, 'tfa_method' | 'secret_provider_id' | 'secret_ref'>;

/** The second factor of an entry: `AUTHENTICATOR` does not come without a secret. */
type SecondFactor =
  | { tfa_method: 'AUTHENTICATOR'; tfa_secret: TfaSecret }
  | { tfa_method?: Exclude<TfaMethod, 'AUTHENTICATOR'> | undefined; tfa_secret?: TfaSecret | undefined };

/** Where the credentials are kept: in the entry, or at a secret provider. */
type Source =
  | (PlainCredentials & SecondFactor & { secret_provider_id?: undefined; secret_ref?: undefined })
  | { secret_provider_id: string; secret_ref: string; tfa_method?: TfaMethod | undefined };

/** An entry to create: credentials in plain text, with the settings of docs/vault-api.md under the API's own names. */
export type VaultEntry = EntryRef & Settings & Source;

/** A change of an entry: as {@link VaultEntry}, and a credential that is null is taken away. */
export type VaultUpdate = EntryRef &
  EntrySettings &
  Omit<Credentials<string | null>, 'tfa_secret'> & {
    tfa_secret?: TfaSecret | null | undefined;
    id?: string | undefined;
  };

/** An entry whose every credential is sealed: the JSON body of create and update, ready to send. */
export type SealedEntry = EntryRef & SentSettings & Credentials<Sealed | null> & Pick<VaultSetFields, 'id'>;

/** How {@link sealEntry} seals. */
export interface SealOptions {
  /** What the entry is for: `create` (the default) or `update`, where credentials may be null and `id` given. */
  readonly operation?: Operation | undefined;
  /** Hides the lengths of credentials: see {@link sealValue}. */
  readonly padTo?: number | undefined;
  /** Fields that the API has grown since this version: let through as they are, and not sealed. */
  readonly allowUnknown?: readonly string[] | undefined;
}

/**
 * Checks an entry against the field table and seals its credentials (`user_name`, `password`, `tfa_secret`, and
 * `proxy_value` where `proxy_setting` is `custom`). TOTP secrets are brought into canonical form, intervals given
 * as parts are written as text; everything else is sent as it came. The entry given is not changed.
 *
 * @param entry what the caller knows: field names as in docs/vault-api.md.
 * @param key a key, or a ring: then its current key seals.
 * @param options see {@link SealOptions}.
 * @returns a new object, in the order of the entry's fields.
 * @throws CredsealError `ERR_ENTRY_INVALID` with every problem in `issues`: misspelt, missing and read-only fields,
 *   wrong types, unusable TOTP secrets, credentials that are empty or sealed already, rules between fields;
 *   `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`; `ERR_PLAINTEXT_FORMAT` if `padTo` is out of range
 * @example
 * const payload = sealEntry(
 *   { permissioned_user_id: 'user-1', domain: 'https://example.com', user_name: 'ada', password: 'hunter2' },
 *   VaultKey.fromEnv(),
 * );
 */
export function sealEntry(entry: VaultEntry, key: VaultKey | KeyRing, options?: SealOptions): SealedEntry;
export function sealEntry(
  entry: VaultUpdate,
  key: VaultKey | KeyRing,
  options: SealOptions & { readonly operation: 'update' },
): SealedEntry;
export function sealEntry(
  entry: VaultEntry | VaultUpdate,
  key: VaultKey | KeyRing,
  options: SealOptions = {},
): SealedEntry {
  return sealEntryBy(sealValue, entry, key, options);
}

/** {@link sealEntry} by another way to seal a value: test vectors have theirs with IVs that are given. Not public. */
export function sealEntryBy(
  seal: (
    value: string,
    key: VaultKey,
    options: { readonly padTo?: number | undefined },
    field: string,
  ) => Sealed,
  entry: VaultEntry | VaultUpdate,
  key: VaultKey | KeyRing,
  options: SealOptions,
): SealedEntry {
  const ring = keysOf(key);
  const { operation, allowUnknown, padTo } = checkedSealOptions(options);
  const credential = plainCredential(ring.keys);
  const { values: sealed, issues } = checkEntry(entry, { operation, allowUnknown, credential });
  if (issues.length > 0) throw entryInvalid(issues);
  for (const [name, field] of sealedEntries) {
    const value = sealed[name];
    if (typeof value === 'string' && isSealedField(field, sealed))
      sealed[name] = seal(value, ring.current, { padTo }, name);
  }
  return sealed as SealedEntry;
}

const OPTIONS = ['operation', 'padTo', 'allowUnknown'] as const;

/** The options with their defaults, if they are such: those of `sealEntry`, or of what takes some of them. Not public. */
export function checkedSealOptions(options: SealOptions, names: readonly (keyof SealOptions)[] = OPTIONS) {
  const problem = optionsProblem(options, names);
  if (problem) throw optionInvalid('options', problem);
  const { operation, padTo, allowUnknown } = options;
  return { operation: operationOf(operation), padTo, allowUnknown: allowedNames(allowUnknown) };
}
