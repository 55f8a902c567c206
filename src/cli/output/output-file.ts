import { promises, type Stats } from 'node:fs';
import { Replacement } from '../../file/replacement.js';
import { targetOf } from '../../file/target.js';
import { type Context, located, SIGNALS } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { systemReason } from '../input/read.js';
import { statsOf } from '../input/stats.js';

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
  context: Context,
  { role = '--output', ...output }: Output = {},
): Promise<T> {
  const { stdout } = context;
  if (isFile(path)) return withFile(path, role, work, context, { isInterruptible: true, ...output });
  return whileInterruptible(afterAll(stdout), () => work(writerTo(stdout)), context.process);
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
  context: Context,
  {
    isInterruptible = false,
    isInput = false,
    keepsMode = false,
  }: Omit<Output, 'role'> & { readonly isInterruptible?: boolean } = {},
): Promise<T> {
  const before = stampOf(path, context);
  const target = await placeOf(path, option, context);
  const replacement = target === undefined ? undefined : new Replacement(target, { keepsMode });
  let opened: promises.FileHandle | undefined;
  const remove = () => replacement?.discard();
  // For process.exit() from wherever it comes.
  context.process.once('exit', remove);
  const endWithout = (end: () => void) => {
    remove();
    end();
  };
  try {
    const run = async () => {
      const file = await orRefuse(
        option,
        () => replacement?.open() ?? promises.open(located(path, context), 'w'),
        EXIT.usage,
      );
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
        if (isInput && stampOf(path, context) !== before)
          throw new CliError(
            EXIT.input,
            'FILE was changed meanwhile, or is gone: nothing is written. Run this again.',
          );
        await orRefuse(option, async () => replacement?.commit());
      }
      return result;
    };
    // Opened within, so that no interruption comes between the file and who removes it.
    return await (isInterruptible ? whileInterruptible(endWithout, run, context.process) : run());
  } catch (error) {
    if (opened !== undefined) {
      await opened.close();
      remove();
    }
    throw error;
  } finally {
    context.process.off('exit', remove);
  }
}

/**
 * Where a file goes: what a link points to is replaced, not the link. Undefined for a device or a pipe, which cannot be
 * replaced, and is written to.
 */
async function placeOf(typed: string, option: string, context: Context): Promise<string | undefined> {
  if (typed === '') throw new CliError(EXIT.usage, `${option} is empty: give a path.`);
  const path = located(typed, context);
  const found = await orRefuse(option, () => statOf(path), EXIT.usage);
  if (found?.isDirectory()) throw new CliError(EXIT.usage, `${option} is a directory.`);
  // A link to one (/dev/stdout) is followed by whoever opens it: what it points to may have no path.
  if (found !== undefined && !found.isFile()) return undefined;
  return orRefuse(option, async () => targetOf(path), EXIT.usage);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await promises.stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What tells whether a file was written to: results over newer text would lose it. */
function stampOf(path: string, context: Context): string | undefined {
  const found = statsOf(path, context);
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
const writerTo =
  (stdout: Context['stdout']): Write =>
  (lines) =>
    new Promise((resolve) => stdout.write(lines, () => resolve()));

/** What was handed to standard output is written before the process ends, so that no line is cut off. */
const afterAll = (stdout: Context['stdout']) => (end: () => void) => {
  if (stdout.writableLength === 0) end();
  else stdout.once('drain', end);
};

/**
 * Runs work that a signal ends in order: `before` is given what ends the process, by the same signal, so that the
 * shell sees it. A second signal ends it at once.
 */
async function whileInterruptible<T>(
  before: (end: () => void) => void,
  work: () => Promise<T>,
  process: Context['process'],
): Promise<T> {
  const handlers = SIGNALS.map((signal) => {
    const handler = () => before(() => process.kill(signal));
    process.once(signal, handler);
    return { signal, handler };
  });
  try {
    return await work();
  } finally {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  }
}
