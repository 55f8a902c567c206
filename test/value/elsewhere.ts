import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CredsealError } from '../../src/errors.js';

// The format once more, by node:crypto alone and in the words of docs/vault-api.md, rule 9, so that the code under test is
// never its own judge.

interface Choices {
  readonly iv?: Uint8Array;
  readonly additionalData?: Uint8Array;
}

/** Seals any bytes at all, JSON or not. */
export function sealElsewhere(plaintext: string | Uint8Array, keyHex: string, choices: Choices = {}): string {
  const { iv = randomBytes(12), additionalData } = choices;
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(keyHex, 'hex'), iv);
  if (additionalData !== undefined) cipher.setAAD(additionalData);
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(plaintext)), cipher.final()]);
  return Buffer.concat([iv, ciphertext, cipher.getAuthTag()]).toString('hex');
}

/** Gives the plaintext bytes, or throws if the tag does not hold. */
export function openElsewhere(sealed: string, keyHex: string): Buffer {
  const bytes = Buffer.from(sealed, 'hex');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(keyHex, 'hex'), bytes.subarray(0, 12), {
    authTagLength: 16,
  });
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}

/** What came of it, in one word for exhaustive tests: the code of a CredsealError without a cause, or else. */
export function outcomeOf(act: () => unknown): string {
  try {
    return `gave ${JSON.stringify(act())}`;
  } catch (error) {
    if (!(error instanceof CredsealError)) return `threw ${String(error)}`;
    return 'cause' in error ? `${error.code} with a cause` : error.code;
  }
}
