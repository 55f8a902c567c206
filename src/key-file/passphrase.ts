import { typeName } from '../inspection.js';
import { keyFileError } from './format.js';

/**
 * NIST SP 800-63B-4 section 3.1.1.2 takes no password of fewer characters under any circumstances. Where it is the only
 * factor, as for whoever has found the file, it asks for 15: that is for people to be told, and not for a library that is
 * handed passphrases of long ago.
 */
const MIN_CHARACTERS = 8;

const HALF_A_PAIR = /\p{Surrogate}/u;
const SPACES = /\p{Zs}/gu;
const CONTROL = /\p{Cc}/u;

/**
 * The bytes of a passphrase, the same however a system composes what is typed: white space other than ASCII's becomes
 * a space, then Normalization Form C, then UTF-8 (RFC 7518 section 9 by way of RFC 8265 section 4.2.2).
 */
export function passphraseBytes(passphrase: unknown): Uint8Array<ArrayBuffer> {
  if (typeof passphrase !== 'string')
    throw keyFileError(`A passphrase is a string; got ${typeName(passphrase)}.`);
  if (passphrase === '') throw keyFileError('The passphrase is empty.');
  if (HALF_A_PAIR.test(passphrase))
    throw keyFileError(
      'The passphrase has half of a surrogate pair: it is not text, and cannot be typed again.',
    );
  return new TextEncoder().encode(prepared(passphrase));
}

/** The same for a passphrase that is chosen now, which has to be worth it. */
export function newPassphraseBytes(passphrase: unknown): Uint8Array<ArrayBuffer> {
  const text = typeof passphrase === 'string' ? prepared(passphrase) : undefined;
  if (text && [...text].length < MIN_CHARACTERS)
    throw keyFileError(`A passphrase has at least ${MIN_CHARACTERS} characters; several words are better.`);
  if (text && CONTROL.test(text))
    throw keyFileError(
      'The passphrase has a control character, probably a line break at its end: remove it.',
    );
  // The bytes last: there is no way out without them that would have to wipe them.
  return passphraseBytes(passphrase);
}

const prepared = (passphrase: string) => passphrase.replace(SPACES, ' ').normalize('NFC');
