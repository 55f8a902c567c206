import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { readOnce } from '../../entry/check.js';
import { boundEntries, isSealedField, requiredNames } from '../../entry/fields.js';
import { addIssue, entryInvalid, issueOf } from '../../entry/issue.js';
import { NOT_JSON } from '../../entry/schemas.js';
import { CredsealError, type Issue } from '../../errors.js';
import { keyBytes, type VaultKey } from '../../key/vault-key.js';
import { isSealed } from '../../value/sealed-value.js';
import { canonicalJson } from '../canonical-json.js';

// The MACs of a manifest: vectors/README.md, "Manifests".

const INFO = 'credseal/v1/manifest';
const ENTRY_LABEL = 'credseal/v1/manifest/entry';
const END_LABEL = 'credseal/v1/manifest/end';

/** The key of a manifest's MACs, 32 bytes. The caller wipes it. */
export function manifestKey(key: VaultKey): Uint8Array {
  return macKey(key, INFO);
}

/** A key of MACs of one kind, 32 bytes: HKDF-SHA-256 (RFC 5869) over the vault key, without salt. The caller wipes it. */
export function macKey(key: VaultKey, info: string): Uint8Array {
  return hkdf(sha256, keyBytes(key), undefined, utf8ToBytes(info), 32);
}

/** An entry that has its two names, read once. */
export interface NamedEntry {
  readonly permissioned_user_id: string;
  readonly domain: string;
  readonly given: Readonly<Record<string, unknown>>;
}

/** @throws CredsealError `ERR_ENTRY_INVALID` for what is no entry, or does not have its names */
export function namedEntry(entry: unknown): NamedEntry {
  const issues: Issue[] = [];
  const given = readOnce(entry, issues);
  if (given) {
    const { permissioned_user_id, domain } = given;
    if (typeof permissioned_user_id === 'string' && typeof domain === 'string')
      return { permissioned_user_id, domain, given };
    for (const name of requiredNames) {
      if (given[name] === undefined) addIssue(issues, name, 'payload/missing-field', 'is required');
      else if (typeof given[name] !== 'string') addIssue(issues, name, 'setting/type', 'must be a string');
    }
  }
  throw entryInvalid(issues);
}

/**
 * The MAC of an entry: over its names, and over every field that decides where or how a credential is used. What is null
 * counts as not there, since answers of the vault may have it either way.
 *
 * @returns 64 lower-case hex digits.
 * @throws CredsealError `ERR_SEALED_FORMAT` with `field` for a credential that is not sealed; `ERR_ENTRY_INVALID` for
 *   what is no JSON
 */
export function entryMac({ permissioned_user_id, domain, given }: NamedEntry, key: Uint8Array): string {
  const texts = [ENTRY_LABEL, JSON.stringify(permissioned_user_id), JSON.stringify(domain)];
  for (const [name, field] of boundEntries) {
    let value = given[name];
    if (value === undefined || value === null) continue;
    // Hex means the same in either case, and whoever keeps it may write it so.
    if (field.sealed && isSealed(value)) value = value.toLowerCase();
    else if (isSealedField(field, given))
      throw new CredsealError('ERR_SEALED_FORMAT', `${name} is not a sealed value.`, { field: name });
    const json = canonicalJson(value);
    if (json === undefined) throw entryInvalid([issueOf(name, 'setting/type', NOT_JSON)]);
    texts.push(name, json);
  }
  return macOf(texts, key);
}

/** The MAC of a manifest's end: over each line of an entry, and over the last line as it is without its MAC. */
export function endMac(lines: Iterable<string>, end: string, key: Uint8Array): string {
  return macOf(chain(END_LABEL, lines, end), key);
}

function* chain(label: string, lines: Iterable<string>, end: string): Generator<string> {
  yield label;
  yield* lines;
  yield end;
}

/** HMAC-SHA-256 (RFC 2104) over texts, each in UTF-8 behind its length in four bytes: a `string` of RFC 4251 section 5. */
export function macOf(texts: Iterable<string>, key: Uint8Array): string {
  const mac = hmac.create(sha256, key);
  const length = new DataView(new ArrayBuffer(4));
  for (const text of texts) {
    const bytes = utf8ToBytes(text);
    length.setUint32(0, bytes.length);
    mac.update(new Uint8Array(length.buffer)).update(bytes);
  }
  // By `join`: an engine keeps what `+=` makes as a chain ten times as large, and there is a MAC for every entry.
  return Array.from(mac.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Compares two MACs in a time that does not tell where they differ. */
export function isSameMac(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
