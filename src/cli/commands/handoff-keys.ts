import { generateHandoffKeys } from '../../handoff/generate-handoff-keys.js';
import { defineCommand } from '../command.js';
import { UsageError } from '../exit.js';
import { keyOutputOptions, writeKeys } from '../options/key-output.js';

export const command = defineCommand({
  name: 'handoff keys',
  summary: 'make a new pair of hand-off keys (JWK): writes the private key to a file, prints the public one',
  options: {
    output: {
      ...keyOutputOptions.output,
      summary: 'write the private key to a file that nobody else can read',
    },
    force: keyOutputOptions.force,
    curve: {
      type: 'text',
      value: 'curve',
      choices: ['P-256', 'X25519'],
      default: 'P-256',
      summary: 'the curve of the keys; every browser supports P-256',
    },
  },
  examples: { 'credseal handoff keys -o private.jwk > public.jwk': 'the public key is for every front end' },

  async run({ curve, ...options }, context) {
    if (options.output === undefined)
      throw new UsageError('--output is missing: name a file for the private key.');
    const { privateJwk, publicJwk } = await generateHandoffKeys(curve);
    const exitCode = await writeKeys(`${JSON.stringify(privateJwk)}\n`, options, context);
    context.stdout.write(`${JSON.stringify(publicJwk)}\n`);
    return exitCode;
  },
});
