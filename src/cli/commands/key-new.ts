import { VaultKey } from '../../key/vault-key.js';
import { defineCommand } from '../command.js';
import { keyOutputOptions, writeKeys } from '../options/key-output.js';

export const command = defineCommand({
  name: 'key new',
  summary: 'print a new key',
  options: { ...keyOutputOptions, jwk: { type: 'flag', summary: 'print a JSON Web Key instead of hex' } },
  examples: { 'credseal key new -o vault.key': 'into a file that nobody else can read' },

  async run({ jwk, ...options }, context) {
    const key = VaultKey.generate();
    return writeKeys(`${jwk ? JSON.stringify(key.toJwk()) : key.toHex()}\n`, options, context);
  },
});
