/**
 * What went wrong, as a closed union to switch on. Codes are stable; messages may be reworded.
 *
 * | code | when |
 * |---|---|
 * | `ERR_KEY_FORMAT` | a key is not 32 bytes, 64 hex digits, or an `oct` JWK; or no `VaultKey` at all |
 * | `ERR_KEY_DESTROYED` | a key is used after `destroy()` |
 * | `ERR_KEY_MISSING` | the environment variable that should hold the key is not set |
 * | `ERR_SEALED_FORMAT` | not a sealed value: not even hex, or too short |
 * | `ERR_OPEN_FAILED` | authentication failed: another key, or a changed value (GCM cannot tell which) |
 * | `ERR_PLAINTEXT_FORMAT` | opened, but the plaintext is not a JSON string; or a value to seal is not a string, or `padTo` out of range |
 * | `ERR_ALREADY_SEALED` | the value to seal is a sealed value of the same key or ring; or what a credential opens to is one |
 * | `ERR_TOTP_FORMAT` | not a TOTP secret, URI, or migration export |
 * | `ERR_TOTP_UNSUPPORTED` | a well-formed secret of a kind that gives wrong codes here (HOTP, Steam, MD5, …) |
 * | `ERR_INTERVAL_FORMAT` | not an interval that PostgreSQL 15 to 18 read alike, or not positive |
 * | `ERR_ENTRY_INVALID` | an entry breaks rules of the field table, or an option is none; see `issues` |
 * | `ERR_REQUEST_INVALID` | API key, base URL or entry reference cannot make a request; or an option of the local vault is none |
 * | `ERR_PREFLIGHT` | preflight found errors in a payload |
 * | `ERR_KEY_FILE` | a protected key file is refused: wrong passphrase, changed, weak, or of another kind; or one cannot be made so |
 * | `ERR_HANDOFF` | a hand-off token is refused, or a hand-off key or option is none; `reason` and the message say why |
 * | `ERR_MANIFEST` | a manifest is none, is cut off, or is of another version; or an option of one is none |
 * | `ERR_VAULT_REFUSED` | the vault answered, and did not do it; `status` is its HTTP status, `retryAfter` the seconds it asks for |
 * | `ERR_VAULT_UNREACHABLE` | the vault gave no answer, or none to its end |
 */
export type CredsealErrorCode =
  | 'ERR_KEY_FORMAT'
  | 'ERR_KEY_DESTROYED'
  | 'ERR_KEY_MISSING'
  | 'ERR_SEALED_FORMAT'
  | 'ERR_OPEN_FAILED'
  | 'ERR_PLAINTEXT_FORMAT'
  | 'ERR_ALREADY_SEALED'
  | 'ERR_TOTP_FORMAT'
  | 'ERR_TOTP_UNSUPPORTED'
  | 'ERR_INTERVAL_FORMAT'
  | 'ERR_ENTRY_INVALID'
  | 'ERR_REQUEST_INVALID'
  | 'ERR_PREFLIGHT'
  | 'ERR_KEY_FILE'
  | 'ERR_HANDOFF'
  | 'ERR_MANIFEST'
  | 'ERR_VAULT_REFUSED'
  | 'ERR_VAULT_UNREACHABLE';

/**
 * Why a hand-off is refused, with `ERR_HANDOFF`. Final, however often it is tried: `malformed` (not exactly a token),
 * `expired` (or older than `maxAge`), `audience` (for somebody else), `changed` (it does not open, or holds no JSON),
 * `user` (the entry is not that of the job's user), `used` (another job has claimed it). To be mended, and tried again:
 * `not-yet` (from the future: a clock is wrong), `unknown-key` (its private key is not at hand), `option` (an option, a
 * hand-off key or the platform).
 */
export type HandoffReason =
  | 'malformed'
  | 'expired'
  | 'audience'
  | 'changed'
  | 'user'
  | 'used'
  | 'not-yet'
  | 'unknown-key'
  | 'option';

/** The rules that entries and payloads are held to, by name. */
export type EntryRuleId =
  | 'payload/not-an-object'
  | 'payload/unknown-field'
  | 'payload/missing-field'
  | 'payload/read-only-field'
  | 'payload/nothing-to-update'
  | 'credential/plaintext'
  | 'credential/malformed'
  | 'credential/wrong-key-or-changed'
  | 'credential/previous-key'
  | 'credential/not-json-string'
  | 'credential/empty'
  | 'credential/sealed-twice'
  | 'credential/surrounding-space'
  | 'credential/iv-reused'
  | 'credential/copied'
  | 'totp/format'
  | 'totp/not-canonical'
  | 'totp/short'
  | 'totp/missing-secret'
  | 'totp/unused-secret'
  | 'setting/type'
  | 'setting/interval'
  | 'setting/domain'
  | 'setting/domain-form'
  | 'setting/ip-address'
  | 'setting/concurrency'
  | 'setting/proxy'
  | 'setting/provider'
  | 'batch/duplicate-entry';

/** The rules that entries are held to by a manifest, by name. */
export type ManifestRuleId =
  | 'manifest/changed'
  | 'manifest/added'
  | 'manifest/removed'
  | 'manifest/wrong-key-or-changed'
  | 'manifest/previous-key';

/** Every rule, by name. */
export type RuleId = EntryRuleId | ManifestRuleId;

/** One problem of an entry. It names the place and the rule, and never shows a value. */
export interface Issue {
  /** Where: `password`, `proxy.target_ip`, `cookies[2].name`. Empty for the entry as a whole. */
  readonly path: string;
  /** The rule that is broken. */
  readonly rule: RuleId;
  /** What is wrong and what to do, as a sentence for people. */
  readonly message: string;
  /** The code that the field's own check would throw, where it has one (`ERR_TOTP_FORMAT`, …). */
  readonly code?: CredsealErrorCode;
}

/** One thing that preflight has to say about a payload. It names the place and the rule, and never shows a value. */
export interface Finding {
  /** The rule that is broken. */
  readonly rule: RuleId;
  /** An error keeps a payload from being sent; a warning is worth a look. */
  readonly severity: 'error' | 'warning';
  /** Where: `password`, and in an array `[2].password`. Empty for the payload as a whole. */
  readonly path: string;
  /** What is the matter, as a sentence for people. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** What preflight found. */
export interface PreflightReport {
  /** Whether there is no error among the findings; there may be warnings. */
  readonly ok: boolean;
  /** How many entries were looked at. */
  readonly checked: number;
  /** Whether credentials were opened: false with `keys: 'none'`, where plain text that is long hex passes for sealed. */
  readonly opened: boolean;
  readonly findings: readonly Finding[];
}

/** What an error may have beside its message; which code has what is in {@link CredsealError}. */
interface Details {
  /** The field or variable it went wrong in, where that is one: `password`, `CLOUDCRUISE_ENCRYPTION_KEY`. */
  readonly field?: string;
  /** Every problem of the entry or of an option, with `ERR_ENTRY_INVALID`. */
  readonly issues?: readonly Issue[];
  /** What preflight found, with `ERR_PREFLIGHT`. */
  readonly report?: PreflightReport;
  /** The HTTP status of the vault's answer, with `ERR_VAULT_REFUSED`. */
  readonly status?: number;
  /** After how many seconds the vault wants to be asked again, where it says so. */
  readonly retryAfter?: number;
  /** Why a hand-off is refused, with `ERR_HANDOFF`. */
  readonly reason?: HandoffReason;
}

interface CodedError<Code extends CredsealErrorCode> extends Error, Details {
  /** What went wrong: see {@link CredsealErrorCode}. */
  readonly code: Code;
}
interface EntryInvalidError extends CodedError<'ERR_ENTRY_INVALID'> {
  readonly issues: readonly Issue[];
}
interface PreflightError extends CodedError<'ERR_PREFLIGHT'> {
  readonly report: PreflightReport;
}
interface VaultRefusedError extends CodedError<'ERR_VAULT_REFUSED'> {
  readonly status: number;
}
interface HandoffError extends CodedError<'ERR_HANDOFF'> {
  readonly reason: HandoffReason;
}
type OtherCode = Exclude<
  CredsealErrorCode,
  'ERR_ENTRY_INVALID' | 'ERR_PREFLIGHT' | 'ERR_VAULT_REFUSED' | 'ERR_HANDOFF'
>;

/**
 * The only error that credseal throws because of what it was given. Neither the message nor any property
 * ever holds a key, a plaintext or a sealed value, and `cause` is never set, since errors of
 * parsers quote their input.
 *
 * To a compiler it is a union by code: where `code` is `ERR_ENTRY_INVALID` there are `issues`, where it is `ERR_PREFLIGHT`
 * a `report`, where it is `ERR_VAULT_REFUSED` a `status`, and where it is `ERR_HANDOFF` a `reason`. All of them can be read without looking at the code, too.
 *
 * @example
 * try {
 *   openValue(sealed, key);
 * } catch (error) {
 *   if (error instanceof CredsealError && error.code === 'ERR_OPEN_FAILED') tryThePreviousKey();
 *   else throw error;
 * }
 */
export type CredsealError =
  | EntryInvalidError
  | PreflightError
  | VaultRefusedError
  | HandoffError
  | CodedError<OtherCode>;

interface CredsealErrorConstructor {
  new (code: CredsealErrorCode, message: string, details?: Details): CredsealError;
  readonly prototype: CredsealError;
}

export const CredsealError = class CredsealError extends Error {
  constructor(code: CredsealErrorCode, message: string, details?: Details) {
    super(message);
    Object.assign(this, { code, ...details });
  }

  static {
    // On the prototype, so that it is not printed a second time as a property of every error.
    CredsealError.prototype.name = 'CredsealError';
  }
} as unknown as CredsealErrorConstructor;
