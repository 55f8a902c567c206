import { type SealOptions, sealEntry, type VaultEntry } from '../entry/seal-entry.js';
import { asDocument, batchExit, eachEntry } from './batch.js';
import { type KeyOptions, loadRing } from './keys.js';
import { paddingOf } from './seal.js';

/** The options of the commands that seal entries. */
export interface EntryOptions extends KeyOptions {
  update?: boolean;
  padTo?: string;
  allowUnknown?: string[];
}

/** `credseal payload`: entries in plain text become sealed entries, in the same form. */
export async function payload(file: string | undefined, options: EntryOptions): Promise<number> {
  const sealOptions = sealOptionsOf(options);
  const ring = await loadRing(options);
  const batch = await eachEntry(file, (entry) => sealEntry(entry as VaultEntry, ring, sealOptions));
  process.stdout.write(asDocument(batch));
  return batchExit(batch);
}

/** What the command line says about sealing, in the library's words. */
export function sealOptionsOf(options: EntryOptions): SealOptions {
  return {
    operation: options.update ? 'update' : 'create',
    padTo: paddingOf(options),
    allowUnknown: options.allowUnknown,
  };
}
