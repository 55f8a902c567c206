import { sealValue } from '../../value/sealed-value.js';
import { defineCommand } from '../command.js';
import { CliError, EXIT } from '../exit.js';
import { readValue } from '../input/read.js';
import { outputOption, padOption } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';

export const command = defineCommand({
  name: 'seal',
  summary: 'seal the value on stdin',
  readsStdin: true,
  options: { ...keyOptions, ...outputOption, ...padOption },
  variables: keyVariables,
  examples: {
    'credseal seal --key-file vault.key < password.txt':
      'at a terminal without "<", it asks and shows nothing',
  },
  exitCodes: {
    3: 'key missing, malformed or protected',
    4: 'the value is empty, sealed already or not text',
  },

  async run({ padTo, output, ...options }, context) {
    const ring = await loadRing(options, context);
    const value = await readValue('Value to seal', context);
    if (value === '') throw new CliError(EXIT.input, 'The value is empty: there is nothing to seal.');
    const sealed = `${sealValue(value, ring, { padTo })}\n`;
    if (output === undefined) context.stdout.write(sealed);
    else {
      const { withOutput } = await import('../output/output-file.js');
      await withOutput(output, (write) => write(sealed), context);
    }
    return EXIT.done;
  },
});
