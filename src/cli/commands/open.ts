import { openValue } from '../../value/sealed-value.js';
import { defineCommand } from '../command.js';
import { CliError, EXIT } from '../exit.js';
import { readValue } from '../input/read.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';

const HALF_A_PAIR = /\p{Surrogate}/u;

export const command = defineCommand({
  name: 'open',
  // With the line break that `seal` takes away.
  summary: 'open the sealed value on stdin',
  readsStdin: true,
  options: keyOptions,
  variables: keyVariables,
  examples: { 'credseal open --key-file vault.key < sealed.txt': 'the value, and a line break' },
  exitCodes: {
    3: 'key missing, malformed or protected',
    4: 'the input is not a sealed value',
    5: 'the value does not open',
  },

  async run(options, context) {
    const ring = await loadRing(options, context);
    const sealed = await readValue('Sealed value', context);
    const value = openValue(sealed, ring);
    if (HALF_A_PAIR.test(value)) {
      throw new CliError(
        EXIT.notOpened,
        'The value opens, but has half of a surrogate pair, which UTF-8 cannot carry: it would come out changed.',
      );
    }
    context.stdout.write(`${value}\n`);
    return EXIT.done;
  },
});
