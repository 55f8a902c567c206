import type { Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Replacement } from '../file/replacement.js';
import { targetOf } from '../file/target.js';
import { CliError, EXIT } from './exit.js';
import { systemReason } from './input.js';
import { statsOf } from './stats.js';

/** Takes whole lines, and waits where the reader is slower: an interruption comes between two writes, never within. */
export type Write = (lines: string | Uint8Array) => Promise<void>;

/** What there is to know of an output. */
interface Output {
  /** What it is on the command line, for messages. */
  readonly role?: string;
  /** Whether it is the file that is read: then it is replaced only if it is what it was before anything was read. */
  readonly isInput?: boolean;
  /** Whether it stays for those to read whom it is for; by default it is for its owner alone. */
  readonly keepsMode?: boolean;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Whether an output is a file, and not standard output. */
export function isFile(path: string | undefined): path is string {
  return path !== undefined && path !== '-';
}

/**
 * Runs `work` with a place to write results to: standard output, or a file that appears whole, under its name and with
 * mode 0600 unless `keepsMode` says otherwise, once the work is done; and not at all if it fails, is interrupted, or has nothing to write: a file that is
 * there is not replaced by an empty one.
 *
 * @param path a file, or `-` or nothing for standard output.
 */
export async function withOutput<T>(
  path: string | undefined,
  work: (write: Write) => Promise<T>,
  { role = '--output', ...output }: Output = {},
): Promise<T> {
  if (!isFile(path)) return whileInterruptible(afterStdout, () => work(writeStdout));
  return withFile(path, role, work, { whileRunning: whileInterruptible, ...output });
}

/**
 * The file part of {@link withOutput}, for another option, and for work that ends in order by itself when it is interrupted.
 *
 * @param option what the file is on the command line, for messages.
 */
export async function withFile<T>(
  path: string,
  option: string,
  work: (write: Write) => Promise<T>,
  {
    whileRunning = (_before, run) => run(),
    isInput = false,
    keepsMode = false,
  }: Omit<Output, 'role'> & { readonly whileRunning?: typeof whileInterruptible } = {},
): Promise<T> {
  const before = stampOf(path);
  const target = await placeOf(path, option);
  const replacement = target === undefined ? undefined : new Replacement(target, { keepsMode });
  let opened: FileHandle | undefined;
  const remove = () => replacement?.discard();
  // For process.exit() from wherever it comes.
  process.once('exit', remove);
  const endWithout = (end: () => void) => {
    remove();
    end();
  };
  try {
    // Opened within, so that no interruption comes between the file and who removes it.
    return await whileRunning(endWithout, async () => {
      const file = await orRefuse(option, () => replacement?.open() ?? open(path, 'w'), EXIT.usage);
      opened = file;
      let isEmpty = true;
      const result = await work((lines) => {
        isEmpty &&= lines.length === 0;
        return orRefuse(option, () => file.appendFile(lines));
      });
      if (isEmpty) {
        await file.close();
        remove();
      } else {
        await orRefuse(option, async () => replacement?.settle(file));
        await orRefuse(option, () => file.close());
        if (isInput && stampOf(path) !== before)
          throw new CliError(
            EXIT.input,
            'FILE was changed meanwhile, or is gone: nothing is written. Run this again.',
          );
        await orRefuse(option, async () => replacement?.commit());
      }
      return result;
    });
  } catch (error) {
    if (opened !== undefined) {
      await opened.close();
      remove();
    }
    throw error;
  } finally {
    process.off('exit', remove);
  }
}

/**
 * Where a file goes: what a link points to is replaced, not the link. Undefined for a device or a pipe, which cannot be
 * replaced, and is written to.
 */
async function placeOf(path: string, option: string): Promise<string | undefined> {
  if (path === '') throw new CliError(EXIT.usage, `${option} is empty: give a path.`);
  const found = await orRefuse(option, () => statOf(path), EXIT.usage);
  if (found?.isDirectory()) throw new CliError(EXIT.usage, `${option} is a directory.`);
  // A link to one (/dev/stdout) is followed by whoever opens it: what it points to may have no path.
  if (found !== undefined && !found.isFile()) return undefined;
  return orRefuse(option, async () => targetOf(path), EXIT.usage);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What tells whether a file was written to: results over newer text would lose it. */
function stampOf(path: string): string | undefined {
  const found = statsOf(path);
  return found && [found.ino, found.size, found.mtimeMs].join(' ');
}

/** Does something to the file, or says why it cannot be done: without its name, as for every path. */
async function orRefuse<T>(
  option: string,
  act: () => Promise<T>,
  exitCode: number = EXIT.checkFailed,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = isMissing ? 'there is no such folder' : systemReason(error);
    throw new CliError(exitCode, `${option} cannot be written: ${reason}.`);
  }
}

/** Waits until the lines are with the system, also where that is not at once. What goes wrong is told elsewhere. */
const writeStdout: Write = (lines) => new Promise((resolve) => process.stdout.write(lines, () => resolve()));

/** What was handed to standard output is written before the process ends, so that no line is cut off. */
function afterStdout(end: () => void): void {
  if (process.stdout.writableLength === 0) end();
  else process.stdout.once('drain', end);
}

/**
 * Runs work that a signal ends in order: `before` is given what ends the process, by the same signal, so that the
 * shell sees it. A second signal ends it at once.
 */
async function whileInterruptible<T>(before: (end: () => void) => void, work: () => Promise<T>): Promise<T> {
  const handlers = SIGNALS.map((signal) => {
    const handler = () => before(() => process.kill(process.pid, signal));
    process.once(signal, handler);
    return { signal, handler };
  });
  try {
    return await work();
  } finally {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  }
}
