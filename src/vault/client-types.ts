import type { EntryRef } from '../entry/fields.js';
import type { OpenedEntry, StoredEntry } from '../entry/open-entry.js';
import type { SealedEntry, VaultEntry, VaultUpdate } from '../entry/seal-entry.js';
import type { CredsealError } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import type { VaultKey } from '../key/vault-key.js';
import type { CallOptions } from './call-options.js';
import type { VaultEvent } from './event.js';
import type { ApplyOptions, ApplyOutcome, PlanOptions, VaultPlan } from './plan-types.js';
import type { Rotation } from './rotation.js';
import type { RotateOptions } from './rotation-types.js';

/** What {@link vaultClient} needs to know. */
export interface VaultClientConfig {
  /** The workspace's API key. Undefined, as an unset variable is, is refused. */
  readonly apiKey: string | undefined;
  /** Seals under the current key, opens with any. */
  readonly keys: VaultKey | KeyRing;
  /** By default `https://api.cloudcruise.com`. Plain `http` is accepted for a loopback address only. */
  readonly baseUrl?: string | undefined;
  /** Sends: by default the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How often a call is tried again after 429, 5xx, or a failed connection: 0 to 20, by default 5. */
  readonly retries?: number | undefined;
  /** For one attempt, in ms: 1,000 to 600,000, by default 30,000. Of `list`, between two pieces of the answer. */
  readonly timeout?: number | undefined;
  /** Is told of every attempt, for logs, metrics and traces. What it throws does not change the call. */
  readonly onEvent?: ((event: VaultEvent) => void) | undefined;
}

/** An entry of the list: opened, or with the error that names the credential which does not open. */
export type Listed =
  | { readonly stored: StoredEntry; readonly entry: OpenedEntry; readonly error?: never }
  | { readonly stored: StoredEntry; readonly error: CredsealError; readonly entry?: never };

/** A current 2FA code. */
export interface TfaCode {
  readonly type: 'authenticator' | 'email';
  readonly code: string;
  /** How many seconds the code is good for, where the vault says so. */
  readonly secondsLeft?: number;
  /** When the e-mail came in, as the vault writes it. */
  readonly receivedAt?: string;
}

/**
 * The calls of the vault, sealed on the way out and opened on the way in. Every call rejects with `ERR_VAULT_REFUSED` if
 * the vault will not, `ERR_VAULT_UNREACHABLE` if it gives no answer, and the codes of `openEntry`, with entry and field
 * named, if a credential of the answer does not open: ciphertext is never handed out as if it were plain. An `EntryRef`
 * may be a whole entry; only its name is read.
 */
export interface VaultClient {
  /**
   * Creates an entry. One whose answer was lost is recognised by its sealed values, and is no conflict.
   *
   * @returns the entry as the vault has it now.
   * @throws CredsealError as `sealEntry`; `ERR_VAULT_REFUSED` with status 409 if there is another one under its name
   */
  create(entry: VaultEntry, options?: CallOptions): Promise<OpenedEntry>;
  /**
   * Updates an entry with what is given. Whether the vault keeps fields that are not given is documented by nobody: give
   * the whole entry, as `toUpdate(await client.get(ref))` has it.
   *
   * @throws CredsealError as `sealEntry`; `ERR_VAULT_REFUSED` with status 404 if there is no such entry
   */
  update(entry: VaultUpdate, options?: CallOptions): Promise<OpenedEntry>;
  /**
   * Creates the entry, or brings the one that is there up to it: fields not given stay as they are, null takes one away.
   * What is there is compared in plain text first, and sent as a whole only if something differs.
   */
  upsert(
    entry: VaultEntry,
    options?: CallOptions,
  ): Promise<{ outcome: 'created' | 'updated' | 'unchanged'; entry: OpenedEntry }>;
  /** @returns the entry; undefined if the vault has none under this name. */
  get(ref: EntryRef, options?: CallOptions): Promise<OpenedEntry | undefined>;
  /**
   * All entries, one at a time as they come in: a list of any length takes the memory of one entry. One that does not open
   * has an `error`, and stops nothing.
   *
   * @throws CredsealError `ERR_VAULT_UNREACHABLE` where the list is cut off: what came before is not all
   */
  list(options?: CallOptions): AsyncIterable<Listed>;
  /** @returns false if there was no such entry. */
  delete(ref: EntryRef, options?: CallOptions): Promise<boolean>;
  /** Throws cookies and storage of the entry away. */
  clearBrowserState(ref: EntryRef, options?: CallOptions): Promise<void>;
  /** @throws CredsealError `ERR_VAULT_REFUSED`: 404 without a fresh e-mail code, 409 for SMS and magic link */
  tfaCode(ref: EntryRef, options?: CallOptions): Promise<TfaCode>;
  /**
   * Compares what is desired with what is in the vault: credentials in plain text and in memory, settings by meaning. A
   * field that is not given is left alone, and null takes one away. Nothing is sent but the question for the list.
   *
   * @param desired entries, plain or sealed, also mixed. If one of them is refused there is no plan.
   * @throws CredsealError `ERR_ENTRY_INVALID` with the place in the message: an entry of them breaks rules, is there twice, or
   *   shares a sealed value with another; the codes of `openEntry`
   */
  plan(
    desired: Iterable<VaultEntry | SealedEntry> | AsyncIterable<VaultEntry | SealedEntry>,
    options?: PlanOptions,
  ): Promise<VaultPlan>;
  /**
   * Does what a plan says: creates, then updates, then deletes, whole entries each. An entry that was changed since is left
   * alone; entries are deleted only if everything before went well. It begins when the first outcome is taken.
   *
   * @throws CredsealError `ERR_REQUEST_INVALID` if the plan is of another client, or deletes more than `maxDeletes`
   */
  apply(plan: VaultPlan, options?: ApplyOptions): AsyncIterable<ApplyOutcome>;
  /**
   * Brings every credential in the vault under the current key, where it is: reads each entry again, seals anew what is
   * under a previous key, writes the whole entry back, and opens what the vault answers. What shares a sealed value or an
   * IV with another entry, or does not open, is left alone. At the end everything is looked at once more, for the receipt.
   *
   * @throws CredsealError `ERR_VAULT_UNREACHABLE`, `ERR_VAULT_REFUSED` if the list cannot be read
   */
  rotate(options?: RotateOptions): Rotation;
}
