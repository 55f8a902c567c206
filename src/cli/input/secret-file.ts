import { promises } from 'node:fs';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { unread } from './read.js';

/** The most that a secret has: a key file of some 350 keys. What is larger is something else, and is not read on. */
export const MAX_SECRET_BYTES = 65_538;

/** A file with a secret, as it was when it was opened: a link may lead elsewhere the next moment. */
export interface SecretFile {
  readonly bytes: Uint8Array;
  /** Whether others than its owner may read it, as far as the system tells. */
  readonly isOpenToOthers: boolean;
}

/**
 * Reads a small file, or standard input for `-`, to its end.
 *
 * @param role what the file is on the command line, for messages.
 */
export async function readSecretFile(
  path: string,
  role: string,
  context: Context,
  exitCode: number = EXIT.key,
): Promise<SecretFile> {
  try {
    if (path === '-') return { bytes: await upTo(context.stdin, role, exitCode), isOpenToOthers: false };
    const handle = await promises.open(located(path, context));
    try {
      const found = await handle.stat();
      const isOpenToOthers = process.platform !== 'win32' && found.isFile() && (found.mode & 0o077) !== 0;
      return { bytes: await readOpened(handle, role, exitCode), isOpenToOthers };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unread(path === '-' ? 'Standard input' : role, error, exitCode);
  }
}

/** Says that others can read a file that a secret is kept in. */
export function warnOfOthers(role: string, { stderr }: Pick<Context, 'stderr'>): void {
  stderr.write(`credseal: warning: ${role} can be read by others than its owner: run chmod 600 on it.\n`);
}

/** Reads a small file that is open, to its end. */
export function readOpened(handle: promises.FileHandle, role: string, exitCode: number): Promise<Uint8Array> {
  return upTo(pieces(handle), role, exitCode);
}

async function* pieces(handle: promises.FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_SECRET_BYTES + 1));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function upTo(chunks: AsyncIterable<Uint8Array>, role: string, exitCode: number): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    size += chunk.length;
    if (size > MAX_SECRET_BYTES)
      throw new CliError(
        exitCode,
        `${role} is larger than ${MAX_SECRET_BYTES} bytes, which is too large for a secret.`,
      );
  }
  return Buffer.concat(read);
}
