import type { SealOptions } from '../../entry/seal-entry.js';
import { type KeyOptions, loadRing, type Search } from '../options/keys.js';
import { type DocumentOptions, runDocument } from '../tasks/document.js';
import { paddingOf } from './seal.js';

/** The options of the commands that seal entries. */
export interface EntryOptions extends KeyOptions, DocumentOptions {
  update?: boolean;
  padTo?: string;
  allowUnknown?: string[];
}

/** `credseal payload`: entries in plain text become sealed entries, in the same form. */
export async function payload(
  file: string | undefined,
  options: EntryOptions,
  search?: Search,
): Promise<number> {
  const task = { kind: 'seal', options: sealOptionsOf(options) } as const;
  return runDocument(file, task, await loadRing(options, search), options);
}

/** What the command line says about sealing, in the library's words. */
export function sealOptionsOf(options: EntryOptions): SealOptions {
  return {
    operation: options.update ? 'update' : 'create',
    padTo: paddingOf(options),
    allowUnknown: options.allowUnknown,
  };
}
