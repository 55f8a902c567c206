import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { shownKeys } from '../input/key-text.js';
import { keyOptions, keyVariables, loadKeys } from '../options/keys.js';
import { formatOption } from '../options/report.js';

export const command = defineCommand({
  name: 'key show',
  summary: 'show fingerprint, format and source of the keys in use; never a key',
  options: { ...keyOptions, ...formatOption },
  variables: keyVariables,
  details: 'With --format json: {"keys":[{"role":"current","fingerprint":…,"format":…,"source":…},…]}',
  exitCodes: { 3: 'key missing, malformed or protected' },

  async run({ format: form, ...options }, context) {
    const keys = shownKeys(await loadKeys(options, context));
    if (form === 'json') context.stdout.write(`${JSON.stringify({ keys })}\n`);
    else
      for (const { role, fingerprint, format, source } of keys)
        context.stdout.write(`${role.padEnd(8)}  ${fingerprint}  ${format}  ${source}\n`);
    return EXIT.done;
  },
});
