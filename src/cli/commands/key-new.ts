import { VaultKey } from '../../key/vault-key.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';

export const command = defineCommand({
  name: 'key new',
  summary: 'a fresh key on stdout',
  options: { jwk: { type: 'flag', summary: 'as a JSON Web Key instead of hex' } },
  examples: { '(umask 077; credseal key new > vault.key)': 'for nobody else to read' },

  async run({ jwk }, { stdout }) {
    const key = VaultKey.generate();
    stdout.write(`${jwk ? JSON.stringify(key.toJwk()) : key.toHex()}\n`);
    return EXIT.done;
  },
});
