import { closeSync, constants, fdatasyncSync, ftruncateSync, readFileSync, writeFileSync } from 'node:fs';
import type { PushJournal } from '../../bulk/push/outcome.js';
import { openLocked } from '../../file/lock.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { systemReason } from '../input/read.js';

const ID = /^[0-9a-f]{32}$/;

/** Ids that are done with, in a file that has to be closed. */
export interface IdFile extends PushJournal {
  close(): void;
}

/** What a file of ids is. */
interface Kind {
  readonly kind: string;
  /** The option that it is given by. */
  readonly role: string;
  /** What it is for: another vault has another journal. */
  readonly vault?: string;
}

/**
 * Opens the journal of a push, or begins one: an id for each payload that the vault has acknowledged, appended as soon as
 * the answer is there.
 */
export function openJournal(path: string, vault: string, context: Context): IdFile {
  return openIdFile(path, { kind: 'credseal push journal', role: '--journal', vault }, context);
}

/**
 * Opens a file of ids, or begins one: a line that says what it is, then 32 hex digits a line. Lines are appended, so that a
 * process killed at any moment loses at most what it had not yet written; a last line that was cut off is dropped. It
 * is this process's alone: another one would do what this one is doing.
 */
export function openIdFile(path: string, { kind, role, vault }: Kind, context: Context): IdFile {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new CliError(EXIT.input, `${role} cannot be used: ${systemReason(error)}.`);
    }
  };
  const unwritten = (error: unknown) =>
    new CliError(
      EXIT.input,
      `${role} cannot be written: ${systemReason(error)}. The command has stopped: correct that, and run it again with the same ${role}.`,
    );
  const notOurs = () => new CliError(EXIT.input, `${role} was not written by credseal, and was not changed.`);
  const anotherVault = () =>
    new CliError(EXIT.usage, `${role} belongs to another vault: give another file, or the same --base-url.`);
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  const fd = attempt(() => openLocked(located(path, context), flags));
  try {
    const ids = new Set<string>();
    const text = attempt(() => readFileSync(fd, 'utf8'));
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const [first = '', ...lines] = whole.split('\n').slice(0, -1);
    const header = `${JSON.stringify({ kind, version: 1, vault })}`;
    if (first === '') {
      // What has no end of a first line is ours only if it begins like one: nobody else's file is overwritten.
      if (!header.startsWith(text) && text !== '') throw notOurs();
      ftruncateSync(fd, 0);
      attempt(() => append(fd, header));
    } else {
      if (first !== header)
        throw first.startsWith(`{"kind":"${kind}"`) && vault !== undefined ? anotherVault() : notOurs();
      for (const line of lines) {
        if (!ID.test(line)) throw notOurs();
        ids.add(line);
      }
      if (whole.length < text.length) ftruncateSync(fd, Buffer.byteLength(whole));
    }
    let failure: CliError | undefined;
    return {
      has: (id) => ids.has(id),
      add(id) {
        // A line may be cut off now: nothing is written behind it.
        if (failure !== undefined) throw failure;
        try {
          append(fd, id);
        } catch (error) {
          failure = unwritten(error);
          throw failure;
        }
        ids.add(id);
      },
      close() {
        try {
          if (failure === undefined) fdatasyncSync(fd);
        } catch (error) {
          throw unwritten(error);
        } finally {
          closeSync(fd);
        }
      },
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Writes a line to its end: a disk that gets full takes a part of it first. */
function append(fd: number, line: string): void {
  writeFileSync(fd, Buffer.from(`${line}\n`));
}
