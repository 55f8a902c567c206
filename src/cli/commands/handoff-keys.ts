import { generateHandoffKeys } from '../../handoff/generate-handoff-keys.js';
import { defineCommand } from '../command.js';
import { UsageError } from '../exit.js';
import { keyOutputOptions, writeKeys } from '../options/key-output.js';

export const command = defineCommand({
  name: 'handoff keys',
  summary: 'a fresh pair of hand-off keys: the private one in a file, the public one on stdout, as JWK',
  options: {
    output: { ...keyOutputOptions.output, summary: 'the private key, for nobody else to read' },
    force: keyOutputOptions.force,
    curve: {
      type: 'text',
      value: 'curve',
      choices: ['P-256', 'X25519'],
      default: 'P-256',
      summary: 'P-256 is in every browser',
    },
  },
  examples: { 'credseal handoff keys -o private.jwk > public.jwk': 'the public key is for every front end' },

  async run({ curve, ...options }, context) {
    if (options.output === undefined)
      throw new UsageError('--output is missing: the private key goes into a file of its own.');
    const { privateJwk, publicJwk } = await generateHandoffKeys(curve);
    const exitCode = await writeKeys(`${JSON.stringify(privateJwk)}\n`, options, context);
    context.stdout.write(`${JSON.stringify(publicJwk)}\n`);
    return exitCode;
  },
});
