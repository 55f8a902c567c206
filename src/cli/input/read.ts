import { readFile } from 'node:fs';
import { promisify } from 'node:util';
import { FileRefused } from '../../file/refused.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';

/**
 * Reads a file whole, or standard input for `-`. The path is not part of the message: a secret typed in the wrong place stays out of the log.
 *
 * @param role what the file is on the command line: `FILE`, `--key-file`
 */
export async function readBytes(
  path: string,
  role: string,
  exitCode: number,
  context: Context,
): Promise<Uint8Array> {
  if (path === '-') return readStdin(context);
  try {
    return await promisify(readFile)(located(path, context));
  } catch (error) {
    throw unread(role, error, exitCode);
  }
}

/** Reads standard input to its end. */
export async function readStdin({ stdin }: Context): Promise<Uint8Array> {
  try {
    return await readAll(stdin);
  } catch (error) {
    throw unread('Standard input', error);
  }
}

/** Reads a stream to its end. */
export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Decodes UTF-8 and refuses anything else: a replacement character would be sealed as part of a password. */
export function decodeUtf8(bytes: Uint8Array, what: string, exitCode: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CliError(exitCode, `${what} is not valid UTF-8. Convert it first: iconv -f ENCODING -t UTF-8`);
  }
}

/** Takes away the one line break that shells and editors put behind a value, and nothing else. */
export function withoutLineBreak(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** A single value: from standard input, or typed unseen at a terminal. */
export async function readValue(question: string, context: Context): Promise<string> {
  if (context.stdin.isTTY) return (await import('../terminal/prompt.js')).askHidden(question, context);
  return withoutLineBreak(decodeUtf8(await readStdin(context), 'Standard input', EXIT.input));
}

/** Drops the byte order mark that some editors put before a text; in a document it belongs to nothing. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/**
 * That a file cannot be read, and why.
 *
 * @param role what the file is on the command line.
 */
export function unread(role: string, error: unknown, exitCode: number = EXIT.input): CliError {
  const what = role === 'FILE' ? 'The FILE argument' : role;
  return new CliError(exitCode, `${what} cannot be read: ${systemReason(error)}.`, true);
}

/** Why a file cannot be read or written, without its name. */
export function systemReason(error: unknown): string {
  if (error instanceof FileRefused) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const reasons: Record<string, string> = {
    ENOENT: 'no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'its path goes through a file',
    EBADF: 'it is not open for reading',
    EINVAL: 'it is nothing that can be read',
    ENOSPC: 'no space is left',
    EDQUOT: 'no space is left for this user',
    EFBIG: 'the file would be too large',
    EPERM: 'not permitted',
    ELOOP: 'its links lead in a circle',
    EROFS: 'the file system is read-only',
    ENAMETOOLONG: 'its name is too long',
  };
  return reasons[code] ?? code;
}

/** A file as text: see {@link readBytes}. */
export async function readText(path: string, role: string, context: Context): Promise<string> {
  return decodeUtf8(await readBytes(path, role, EXIT.input, context), role, EXIT.input);
}
