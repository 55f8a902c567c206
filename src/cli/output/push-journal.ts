import { closeSync, constants, fdatasyncSync, ftruncateSync, readFileSync, writeFileSync } from 'node:fs';
import type { PushJournal } from '../../bulk/push/outcome.js';
import { openLocked } from '../../file/lock.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { systemReason } from '../input/read.js';

const KIND = 'credseal push journal';
const ID = /^[0-9a-f]{32}$/;

/** A journal that has to be closed. */
export interface JournalFile extends PushJournal {
  close(): void;
}

/**
 * Opens the journal of a push, or begins one: a line that says what it is and for which vault, then a line for each
 * payload that the vault has acknowledged, with its id. Lines are appended as soon as the answer is there, so that a
 * process killed at any moment loses at most what it had not yet written; a last line that was cut off is dropped. It
 * is this process's alone: another push would send what this one is sending.
 */
export function openJournal(path: string, vault: string, context: Context): JournalFile {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  const fd = attempt(() => openLocked(located(path, context), flags));
  try {
    const ids = new Set<string>();
    const text = attempt(() => readFileSync(fd, 'utf8'));
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const [first = '', ...lines] = whole.split('\n').slice(0, -1);
    const header = `${JSON.stringify({ kind: KIND, version: 1, vault })}`;
    if (first === '') {
      // What has no end of a first line is ours only if it begins like one: nobody else's file is overwritten.
      if (!header.startsWith(text) && text !== '') throw notOurs();
      ftruncateSync(fd, 0);
      attempt(() => append(fd, header));
    } else {
      if (first !== header) throw first.startsWith(`{"kind":"${KIND}"`) ? anotherVault() : notOurs();
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

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CliError(EXIT.input, `--journal cannot be used: ${systemReason(error)}.`);
  }
}

const unwritten = (error: unknown) =>
  new CliError(
    EXIT.input,
    `--journal cannot be written: ${systemReason(error)}. Everything has stopped: mend that, and run it again with the same --journal.`,
  );
const notOurs = () =>
  new CliError(EXIT.input, '--journal is a file that credseal has not written; it is left as it is.');
const anotherVault = () =>
  new CliError(EXIT.usage, '--journal belongs to another vault: give another file, or the same --base-url.');
