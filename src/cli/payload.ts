import type { SealOptions } from '../entry/seal-entry.js';
import { type DocumentOptions, runDocument } from './document.js';
import { CliError, EXIT } from './exit.js';
import { type KeyOptions, loadRing, type Search } from './keys.js';
import { paddingOf } from './seal.js';

/** The options of the commands that seal entries. */
export interface EntryOptions extends KeyOptions, DocumentOptions {
  update?: boolean;
  padTo?: string;
  allowUnknown?: string[];
}

/** `credseal payload`: entries in plain text become sealed entries, in the same form; with `--open` the other way round. */
export async function payload(
  file: string | undefined,
  options: EntryOptions & { open?: boolean },
  search?: Search,
): Promise<number> {
  if (options.open) {
    for (const [flag, value] of Object.entries(pickSealing(options)))
      if (value !== undefined) throw new CliError(EXIT.usage, `--open and ${flag} exclude each other.`);
    return runDocument(file, { kind: 'open' }, await loadRing(options, search), options);
  }
  const task = { kind: 'seal', options: sealOptionsOf(options) } as const;
  return runDocument(file, task, await loadRing(options, search), options);
}

/** What is about sealing alone, by its names on the command line. */
const pickSealing = ({ update, padTo, allowUnknown }: EntryOptions) => ({
  '--update': update,
  '--pad-to': padTo,
  '--allow-unknown': allowUnknown,
});

/** What the command line says about sealing, in the library's words. */
export function sealOptionsOf(options: EntryOptions): SealOptions {
  return {
    operation: options.update ? 'update' : 'create',
    padTo: paddingOf(options),
    allowUnknown: options.allowUnknown,
  };
}
