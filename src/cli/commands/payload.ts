import { defineCommand } from '../command.js';
import { entryArgument, entryExitCodes, entryOptions } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { runDocument } from '../tasks/document.js';

export const command = defineCommand({
  name: 'payload',
  summary: 'entries in plain text → sealed entries, in the same form',
  arguments: entryArgument,
  options: {
    ...keyOptions,
    ...entryOptions,
    open: {
      type: 'flag',
      conflicts: ['update', 'padTo', 'allowUnknown'],
      summary: 'the other way round: sealed entries → entries in plain text',
    },
  },
  variables: keyVariables,
  examples: {
    'credseal payload entry.json --key-file vault.key': 'one entry, an array, or NDJSON',
    'credseal payload entries.ndjson -o sealed.ndjson': 'into a file for nobody else to read',
    'credseal payload entries.ndjson | credseal preflight': 'sealed, and checked',
    'credseal payload --open sealed.ndjson': 'in plain text again; payload --update takes it',
  },
  exitCodes: entryExitCodes,

  async run({ file, open, update, padTo, allowUnknown, ...options }, context) {
    if (open) return runDocument(file, { kind: 'open' }, await loadRing(options, context), options, context);
    const operation = update ? 'update' : 'create';
    const task = { kind: 'seal', options: { operation, padTo, allowUnknown } } as const;
    return runDocument(file, task, await loadRing(options, context), options, context);
  },
});
