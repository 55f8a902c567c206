import { MARK_BYTES, refuseForeignBeginning } from '../encoding.js';
import { checkedSource, chunksOf, collect, type ImportSource } from '../import/source.js';
import { decodeText } from '../import/text.js';
import { notAnEntry } from '../item.js';
import { isPicture, qrCodesIn } from './picture.js';
import { type ReadAccounts, readJson } from './read-json.js';
import { readLines } from './read-lines.js';

/** Exports hold icons, and photos of phones are some ten megabytes. */
const LARGEST = 64 * 2 ** 20;
const TOO_LARGE = `The file is larger than ${LARGEST / 2 ** 20} MiB: it is neither an export of an authenticator nor a screenshot.`;

/** What an authenticator has, or a picture of QR codes shows. */
export interface AuthenticatorExport extends ReadAccounts {
  readonly isPicture: boolean;
}

/**
 * Reads the export of an authenticator: JSON, a list of URIs, or a picture.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is none, encrypted, empty, damaged, or in another encoding than UTF-8;
 *   `ERR_TOTP_FORMAT` if a migration URI in it is damaged
 */
export async function readAccounts(source: ImportSource): Promise<AuthenticatorExport> {
  return accountsIn(await collect(chunksOf(checkedSource(source).stream()), LARGEST, TOO_LARGE));
}

/** The same of what is read already. */
export async function accountsIn(bytes: Uint8Array): Promise<AuthenticatorExport> {
  if (bytes.length === 0) throw notAnEntry('The file is empty. Export again.');
  if (isPicture(bytes)) {
    const texts = await qrCodesIn(bytes);
    const uris = texts.filter((text) => /^\W*(?:otpauth|steam)/i.test(text));
    if (uris.length === 0) throw notAnEntry(NO_SECRET);
    return { ...readLines(uris), format: 'QR codes', isPicture: true };
  }
  const text = await textOf(bytes);
  const [first = ''] = text.trimStart();
  if (first === '<') throw notAnEntry(MARKUP);
  const read = first === '{' || first === '[' ? readJson(text) : readLines(text.split(/\r\n|[\r\n]/));
  if (read.accounts.length === 0) throw notAnEntry('The export contains no account.');
  return { ...read, isPicture: false };
}

/** Text in UTF-8, without byte order mark. */
async function textOf(bytes: Uint8Array): Promise<string> {
  if (bytes.length >= MARK_BYTES) refuseForeignBeginning(bytes);
  if (bytes.includes(0)) throw notAnEntry(BINARY);
  let text = '';
  for await (const piece of decodeText([bytes])) text += piece;
  return text;
}

const NO_SECRET =
  'The QR codes in the picture are no secrets of authenticators: such a code holds an otpauth:// URI.';
const MARKUP = 'The file is XML or HTML, which is not read. Export from the authenticator as JSON or text.';
const BINARY =
  'The file is binary: damaged, or encrypted, as backups of Stratum and andOTP are by default. Export again without a password.';
