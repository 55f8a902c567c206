import { createCipheriv, createDecipheriv } from 'node:crypto';
import { indexOfDuplicateMember } from '../../../src/duplicate-member.js';
import { answerRequest, type VectorAnswer, type VectorRequest } from '../../../src/vectors/index.js';

/** Whoever answers requests. */
export type Implementation = (request: VectorRequest) => VectorAnswer | Promise<VectorAnswer>;

/** A bug that somebody could have, or has. */
export interface Bug {
  readonly what: string;
  readonly answer: Implementation;
}

/** For each flag, implementations that have a bug that it stands for, and are right otherwise. */
export type Bugs = Readonly<Record<string, Bug | readonly Bug[]>>;

/** Answers one method itself, and the others rightly. */
export const on = (method: string, answer: Implementation): Implementation => {
  return (request) => (request.method === method ? answer(request) : answerRequest(request));
};

/** Changes one text that is given to a method, before it is read rightly. */
export const given = (method: string, member: string, change: (text: string) => string): Implementation =>
  on(method, (request) => {
    const value = request[member];
    return answerRequest(typeof value === 'string' ? { ...request, [member]: change(value) } : request);
  });

/** Changes the right answer of a method. */
export const after = (
  method: string,
  change: (answer: Record<string, unknown>, request: VectorRequest) => VectorAnswer,
): Implementation => on(method, async (request) => change({ ...(await answerRequest(request)) }, request));

/** Refuses some texts that a method is given, with a code. */
export const refuses = (method: string, member: string, code: string, pattern: RegExp): Implementation =>
  on(method, (request) => (pattern.test(String(request[member])) ? { error: code } : answerRequest(request)));

/** Reads whatever it is given as text. */
export const stringly = (method: string, member: string): Implementation =>
  on(method, (request) => answerRequest({ ...request, [member]: String(request[member]) }));

/** Seals a text of the writer's own. */
export const sealsAs = (write: (value: string, padTo: unknown) => string | Uint8Array): Implementation =>
  on('seal', (request) => {
    if (typeof request.value !== 'string') return answerRequest(request);
    return { sealed: encrypt(write(request.value, request.padTo), String(request.key), String(request.iv)) };
  });

/** iv, ciphertext and tag in hex. */
export function encrypt(plaintext: string | Uint8Array, key: string, iv: string): string {
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), Buffer.from(iv, 'hex'));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('hex');
  return iv + ciphertext + cipher.getAuthTag().toString('hex');
}

/** What a reader does otherwise. */
export interface Habits {
  /** From text to bytes; by default strict. */
  readonly decode?: (sealed: string) => Buffer;
  readonly isSealed?: (sealed: string) => boolean;
  /** Where the parts are, in the order in which to try them. */
  readonly parts?: readonly ((bytes: Buffer) => readonly [iv: Buffer, ciphertext: Buffer, tag: Buffer])[];
  readonly cipher?: 'aes-256-gcm' | 'aes-128-gcm';
  readonly checksTag?: boolean;
  readonly read?: (plaintext: Buffer) => unknown;
}

const usual = (bytes: Buffer) =>
  [bytes.subarray(0, 12), bytes.subarray(12, -16), bytes.subarray(-16)] as const;
/** JSON in UTF-8 without a byte order mark; of a member that is there twice, the last. */
export const lastMember = (plaintext: Buffer): unknown => JSON.parse(strictText(plaintext));
/** The same, with no member twice. */
export const strictJson = (plaintext: Buffer): unknown => {
  const value = lastMember(plaintext);
  if (indexOfDuplicateMember(strictText(plaintext)) !== -1) throw new Error('A member is there twice.');
  return value;
};
const strictText = (plaintext: Buffer) =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);

/** A reader with habits. */
export function opensBy({
  decode = (sealed) => Buffer.from(sealed, 'hex'),
  isSealed = (sealed) => /^(?:[0-9a-f]{2}){30,}$/i.test(sealed) && !/\s/.test(sealed),
  parts = [usual],
  cipher = 'aes-256-gcm',
  checksTag = true,
  read = strictJson,
}: Habits): Implementation {
  return on('open', ({ key, sealed }) => {
    if (typeof sealed !== 'string' || !isSealed(sealed)) return { error: 'ERR_SEALED_FORMAT' };
    const keyBytes = Buffer.from(String(key), 'hex').subarray(0, cipher === 'aes-128-gcm' ? 16 : 32);
    for (const split of parts) {
      try {
        const [iv, ciphertext, tag] = split(decode(sealed));
        const decipher = createDecipheriv(cipher, keyBytes, iv, { authTagLength: tag.length as 16 });
        decipher.setAuthTag(tag);
        const plaintext = decipher.update(ciphertext);
        if (checksTag) decipher.final();
        return { ...answerOf(plaintext, read) };
      } catch {
        // Try the next one.
      }
    }
    return { error: 'ERR_OPEN_FAILED' };
  });
}

function answerOf(plaintext: Buffer, read: (plaintext: Buffer) => unknown): VectorAnswer {
  try {
    const value = read(plaintext);
    return typeof value === 'string' ? { value } : { error: 'ERR_PLAINTEXT_FORMAT' };
  } catch {
    return { error: 'ERR_PLAINTEXT_FORMAT' };
  }
}
