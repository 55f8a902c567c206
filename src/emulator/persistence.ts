import { randomUUID } from 'node:crypto';
import { closeSync, openSync, statSync } from 'node:fs';
import { isSealedField, requiredNames, sealedEntries } from '../entry/fields.js';
import { CredsealError } from '../errors.js';
import { lockBeside, refuseSpecial } from '../file/lock.js';
import { FileRefused } from '../file/refused.js';
import { targetOf } from '../file/target.js';
import { isObject } from '../inspection.js';
import type { KeyRing } from '../key/key-ring.js';
import { opensUnder } from '../value/sealed-value.js';
import { DataFile } from './data-file.js';
import type { EntryStore } from './entry-store.js';
import type { StoredRecord } from './stored-record.js';

/** The first line of every data file. */
const FORMAT = 'credseal local vault';
const VERSION = 1;

/** A data file in use. */
export interface OpenData {
  readonly workspaceId: string;
  close(): Promise<void>;
}

/**
 * Reads a data file into a store, and attaches it: lines of JSON, the first of which says what it is; then
 * `{"put": record}` and `{"delete": name}`, in the order in which they happened.
 *
 * @throws CredsealError `ERR_REQUEST_INVALID` if it is no data file, in use, or its entries do not open under the ring
 */
export async function openData(given: string, store: EntryStore, ring: KeyRing): Promise<OpenData> {
  const { path, unlock } = lockData(given);
  let header: { workspace_id: string } | undefined;
  let line = 0;
  const read = (text: string) => {
    line += 1;
    const value = parse(text, line);
    if (line === 1) header = checkedHeader(value);
    else if (isObject(value.put)) store.put(checkedRecord(value.put as unknown as StoredRecord, ring, line));
    else if (isObject(value.delete)) store.delete(value.delete as StoredRecord['fields']);
    else throw damaged(line);
  };
  function* lines() {
    header ??= { workspace_id: randomUUID() };
    yield JSON.stringify({ format: FORMAT, version: VERSION, ...header });
    yield* store.lines();
  }
  try {
    const file = await DataFile.open(path, { read, lines, size: () => store.size });
    store.attach(file);
    return {
      workspaceId: header?.workspace_id ?? '',
      async close() {
        try {
          await file.close();
        } finally {
          unlock();
        }
      },
    };
  } catch (error) {
    unlock();
    throw inWords(error);
  }
}

/** Takes a data file, under the one name that it has without links. Errors that nobody here can word are Node's. */
function lockData(given: string): { path: string; unlock: () => void } {
  try {
    refuseSpecial(given);
    const path = targetOf(given);
    // A folder, or somebody else's file, is told before there is anything beside it.
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) closeSync(openSync(path, 'r+'));
    return { path, unlock: lockBeside(path) };
  } catch (error) {
    throw inWords(error);
  }
}

const inWords = (error: unknown) =>
  error instanceof FileRefused ? invalid(`cannot be used: ${error.message}`) : error;

function checkedHeader({ format, version, workspace_id }: Record<string, unknown>): { workspace_id: string } {
  if (format !== FORMAT || typeof workspace_id !== 'string') throw damaged(1);
  if (version !== VERSION)
    throw invalid('was written by another version of credseal. Use that one, or another file');
  return { workspace_id };
}

function checkedRecord(record: StoredRecord, { keys }: KeyRing, line: number): StoredRecord {
  const { id, created, updated, fields } = record;
  if (typeof id !== 'string' || typeof created !== 'number' || typeof updated !== 'number')
    throw damaged(line);
  if (!isObject(fields) || requiredNames.some((name) => typeof fields[name] !== 'string'))
    throw damaged(line);
  for (const [name, field] of sealedEntries) {
    const value = fields[name];
    if (typeof value !== 'string' || !isSealedField(field, fields) || opensUnder(value, keys)) continue;
    const known = keys.map((key) => key.fingerprint).join(', ');
    throw invalid(
      `has an entry in line ${line} that does not open under ${known}. Give the key that it was made with, as the current or a previous one, or another file`,
    );
  }
  return record;
}

function parse(text: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // The parser's message quotes the file.
  }
  throw damaged(line);
}

const damaged = (line: number) =>
  invalid(
    line === 1
      ? 'is not a data file of a local vault. Give the name of a new file'
      : `is damaged in line ${line}. Put a copy back, or take that line out, and what it held is lost`,
  );

function invalid(message: string): CredsealError {
  return new CredsealError('ERR_REQUEST_INVALID', `The data file ${message}.`, { field: 'data' });
}
