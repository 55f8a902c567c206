import { isObject } from '../../inspection.js';
import { notAnEntry } from '../item.js';
import { parseDocument } from '../json-documents.js';
import { type Account, accountOf, accountOfUri, namesIn, refused } from './account.js';
import { type AuthenticatorFormat, authenticatorFormats, refusedDocuments } from './json-formats.js';

/** Accounts in the order of the export, and what wrote it. */
export interface ReadAccounts {
  readonly format: string;
  readonly accounts: readonly Account[];
  /** What else is to be said: that an export is not complete. */
  readonly warnings: readonly string[];
}

/**
 * Reads the export of an authenticator in JSON.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is none that is known by its whole shape, encrypted, not JSON, or has
 *   a member twice
 */
export function readJson(text: string): ReadAccounts {
  const document = parseDocument(text);
  const format = authenticatorFormats.find((one) => fits(one, document));
  if (format === undefined) throw unknown(document);
  const list = at(document, format.accounts) as readonly unknown[];
  return { format: format.name, accounts: list.map((account) => read(format, account)), warnings: [] };
}

/** Whether a document is of a format, as a whole. */
function fits(
  { accounts, beside = [], without = [], each, none = [] }: AuthenticatorFormat,
  document: unknown,
): boolean {
  const list = at(document, accounts);
  return (
    Array.isArray(list) &&
    // An empty array by itself could be anything.
    (list.length > 0 || beside.length > 0) &&
    beside.every((path) => at(document, path) !== undefined) &&
    without.every((path) => isEmpty(at(document, path))) &&
    list.every((one) => each.every((path) => isThere(at(one, path)))) &&
    list.every((one) => none.every((path) => isEmpty(at(one, path))))
  );
}

const isThere = (value: unknown) => value !== undefined && value !== null;
const isEmpty = (value: unknown) =>
  !isThere(value) || value === '' || value === false || (Array.isArray(value) && value.length === 0);

function at(value: unknown, path: string): unknown {
  if (path === '') return value;
  let found = value;
  for (const name of path.split('.')) {
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

function unknown(document: unknown): Error {
  const refusal = refusedDocuments.find(({ has }) => has.every((path) => isThere(at(document, path))));
  const names = authenticatorFormats.map(({ name }) => name).join(', ');
  const advice =
    refusal?.advice ??
    `It has another shape than the exports that are read: ${names}, lists of otpauth:// URIs, and pictures of QR codes.`;
  return notAnEntry(`This JSON is not an export of a known authenticator. ${advice}`);
}

function read(format: AuthenticatorFormat, account: unknown): Account {
  const text = (path: string | undefined) => (path === undefined ? '' : textOf(at(account, path)));
  const first = (paths: readonly string[]) => paths.map(text).find((one) => one !== '') ?? '';
  const stored = at(account, format.secret);
  const secret = Array.isArray(stored) ? base32Of(stored) : textOf(stored).trim();
  const isUri = /^(?:otpauth|steam):/i.test(secret);
  const given = namesOf(first(format.issuer), first(format.user));
  const names = isUri && given.issuer === '' ? { ...given, issuer: namesIn(secret).issuer } : given;
  const kind = kindOf(format, account);
  if (kind === 'HOTP') return refused(names, 'HOTP', 'This secret is for counter-based codes (HOTP).');
  if (kind === 'Steam')
    return refused(names, 'Steam', "This secret is for Steam's codes, which are not TOTP codes.");
  if (kind !== 'TOTP')
    return refused(names, 'another kind', 'This secret is for codes of another kind than TOTP.');
  if (isUri) return accountOfUri(secret, names);
  const algorithm = text(format.algorithm);
  return accountOf({
    ...names,
    secret,
    algorithm:
      format.algorithms === undefined ? algorithm : (format.algorithms[algorithm] ?? `number ${algorithm}`),
    digits: text(format.digits),
    period: text(format.period),
  });
}

function kindOf({ type }: AuthenticatorFormat, account: unknown): string | undefined {
  return type === undefined ? 'TOTP' : type.means[textOf(at(account, type.at)).toLowerCase()];
}

/** A text, or a number as one. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** `Issuer - account` in a label alone is what older versions of andOTP made of a URI. */
function namesOf(issuer: string, user: string): { issuer: string; user: string } {
  const [, before, after] = (issuer === '' && /^(.+?)(?: - |:\s*)(.+)$/s.exec(user)) || [];
  return before === undefined || after === undefined
    ? { issuer: issuer.trim(), user: user.trim() }
    : { issuer: before.trim(), user: after.trim() };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes, signed ones too (Java's are), in base32 (RFC 4648 section 6); nothing if they are no bytes. */
function base32Of(bytes: readonly unknown[]): string {
  const isByte = (byte: unknown) =>
    Number.isInteger(byte) && (byte as number) >= -128 && (byte as number) <= 255;
  if (!bytes.every(isByte)) return '';
  const bits = bytes.map((byte) => ((byte as number) & 0xff).toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}
