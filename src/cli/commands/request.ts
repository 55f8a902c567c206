import { defineCommand } from '../command.js';
import { entryArgument, entryExitCodes, entryOptions } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { REFERENCE_DETAILS, referenceOption } from '../options/references.js';
import { vaultOptions } from '../options/vault.js';
import { runDocument } from '../tasks/document.js';
import { References } from '../tasks/references.js';

export const command = defineCommand({
  name: 'request',
  summary: 'seal entries and print requests to the vault, with $CLOUDCRUISE_API_KEY in place of the API key',
  arguments: entryArgument,
  options: {
    ...keyOptions,
    ...entryOptions,
    ...referenceOption,
    curl: {
      type: 'flag',
      conflicts: ['http', 'json'],
      summary: 'print commands for curl (the default)',
    },
    http: { type: 'flag', conflicts: ['json'], summary: 'print HTTP/1.1 messages' },
    json: { type: 'flag', summary: 'print JSON: method, url, headers, body' },
    ...vaultOptions,
  },
  variables: keyVariables,
  details: REFERENCE_DETAILS,
  examples: {
    'credseal request entry.json --key-file vault.key | sh': 'sends it: the shell puts the API key in',
    'credseal request entry.json --update --json': 'for a program to send',
  },
  exitCodes: entryExitCodes,

  async run({ file, update, padTo, allowUnknown, baseUrl, http, json, ...options }, context) {
    const references = new References(file, options, context);
    const ring = await loadRing(options, context);
    const task = {
      kind: 'request',
      operation: update ? 'update' : 'create',
      options: { padTo, allowUnknown },
      baseUrl,
      form: json ? 'json' : http ? 'http' : 'curl',
    } as const;
    return runDocument(file, task, ring, options, context, references);
  },
});
