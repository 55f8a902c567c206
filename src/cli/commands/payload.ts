import { defineCommand } from '../command.js';
import { entryArgument, entryExitCodes, entryOptions } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { REFERENCE_DETAILS, referenceOption } from '../options/references.js';
import { runDocument } from '../tasks/document.js';
import { References } from '../tasks/references.js';

export const command = defineCommand({
  name: 'payload',
  summary: 'seal entries: one, an array, or NDJSON',
  arguments: entryArgument,
  options: {
    ...keyOptions,
    ...entryOptions,
    ...referenceOption,
    check: {
      type: 'flag',
      conflicts: [
        'open',
        'padTo',
        'output',
        'jobs',
        'keyFile',
        'keyCommand',
        'previousKeyFile',
        'passphraseFd',
        'passphraseCommand',
      ],
      summary:
        'only check that the entries are well-formed and complete; needs no key, resolves no reference',
    },
    open: {
      type: 'flag',
      conflicts: ['update', 'padTo', 'allowUnknown', 'allowReferences'],
      summary: 'open sealed entries instead: writes plain text',
    },
  },
  variables: keyVariables,
  details: REFERENCE_DETAILS,
  examples: {
    'credseal payload entry.json --key-file vault.key': 'one entry, an array, or NDJSON',
    'credseal payload entries.ndjson -o sealed.ndjson': 'into a file that nobody else can read',
    'credseal payload entries.ndjson | credseal preflight': 'sealed, and checked',
    'credseal payload --check entries.ndjson': 'in CI, of entries with references in a repository',
    'credseal payload --open sealed.ndjson': 'in plain text again; payload --update takes it',
  },
  exitCodes: entryExitCodes,

  async run({ file, open, check, update, padTo, allowUnknown, ...options }, context) {
    if (open) return runDocument(file, { kind: 'open' }, await loadRing(options, context), options, context);
    const operation = update ? 'update' : 'create';
    if (check) {
      const { checkDocument } = await import('../tasks/check-document.js');
      return checkDocument(file, { operation, allowUnknown, ...options }, context);
    }
    const references = new References(file, options, context);
    const task = { kind: 'seal', options: { operation, padTo, allowUnknown } } as const;
    return runDocument(file, task, await loadRing(options, context), options, context, references);
  },
});
