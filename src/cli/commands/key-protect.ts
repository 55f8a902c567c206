import { ACCEPTED_ITERATIONS, DEFAULT_ITERATIONS, MAX_ITERATIONS } from '../../key-file/format.js';
import { defineCommand } from '../command.js';
import { keyOutputOptions, writeKeys } from '../options/key-output.js';
import { keyOptions, keyVariables, loadRing, passphrasesOf } from '../options/keys.js';

export const command = defineCommand({
  name: 'key protect',
  summary: 'write the keys on stdin, or the keys in use, to a key file that is protected by a passphrase',
  options: {
    ...keyOptions,
    ...keyOutputOptions,
    iterations: {
      type: 'number',
      value: 'n',
      least: DEFAULT_ITERATIONS,
      most: MAX_ITERATIONS,
      summary: `of PBKDF2: more than the default of ${DEFAULT_ITERATIONS} make guessing slower`,
    },
  },
  readsStdin: 'for-keys',
  variables: keyVariables,
  examples: { 'credseal key protect --key-file vault.key -o vault.jwe': 'asks for a passphrase, twice' },
  exitCodes: { 3: 'key missing or malformed', 4: 'the two passphrases differ' },

  async run({ iterations, ...options }, context) {
    const passphrases = passphrasesOf(options, context);
    const ring = await loadRing(options, context, { fromStdin: true, passphrases });
    const { protectKeys } = await import('../../key-file/protect-keys.js');
    const file = await protectKeys(ring, await passphrases.toProtect(), { iterations });
    const code = await writeKeys(`${file}\n`, options, context);
    if (iterations !== undefined && iterations > ACCEPTED_ITERATIONS)
      context.stderr.write(
        `The file opens with --max-iterations ${iterations}, since it takes longer than others.\n`,
      );
    return code;
  },
});
