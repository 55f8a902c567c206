import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { PushJournal } from '../../bulk/push/outcome.js';
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
 * process killed at any moment loses at most what it had not yet written; a last line that was cut off is dropped.
 */
export function openJournal(path: string, vault: string, context: Context): JournalFile {
  const fd = attempt(() => openSync(located(path, context), 'a+', 0o600));
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
      append(fd, header);
    } else {
      if (first !== header) throw first.startsWith(`{"kind":"${KIND}"`) ? anotherVault() : notOurs();
      for (const line of lines) {
        if (!ID.test(line)) throw notOurs();
        ids.add(line);
      }
      if (whole.length < text.length) ftruncateSync(fd, Buffer.byteLength(whole));
    }
    return {
      has: (id) => ids.has(id),
      add(id) {
        append(fd, id);
        ids.add(id);
      },
      close() {
        fdatasyncSync(fd);
        closeSync(fd);
      },
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function append(fd: number, line: string): void {
  attempt(() => writeSync(fd, `${line}\n`));
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CliError(EXIT.input, `--journal cannot be used: ${systemReason(error)}.`);
  }
}

const notOurs = () =>
  new CliError(EXIT.input, '--journal is a file that credseal push has not written; it is left as it is.');
const anotherVault = () =>
  new CliError(
    EXIT.usage,
    '--journal belongs to a push to another vault: give another file, or the same --base-url.',
  );
