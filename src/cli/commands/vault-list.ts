import { entriesOf } from '../../vault/entries.js';
import { keyStateOf } from '../../vault/key-state.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { formatOption } from '../options/report.js';
import { clientAndKeyOptions, clientExitCodes, clientOf, clientVariables } from '../options/vault.js';
import { withOutput } from '../output/output-file.js';
import { printable } from '../terminal/printable.js';

export const command = defineCommand({
  name: 'vault list',
  summary:
    'list the entries of the vault: name, domain, alias, 2FA method, and which key they are under; no credential',
  options: { ...clientAndKeyOptions, ...formatOption },
  variables: clientVariables,
  details: `The key of an entry is current, previous, mixed (some of its credentials under each), none (it has no credential),
or unopenable (one opens under no key at hand).

With --format json, a line an entry:
{"permissioned_user_id":…,"domain":…,"user_alias":…,"tfa_method":…,"key":…}`,
  exitCodes: clientExitCodes,

  async run({ format, ...options }, context) {
    const { how } = await clientOf(options, context);
    await withOutput(
      undefined,
      async (write) => {
        for await (const stored of entriesOf(how, {})) {
          const { permissioned_user_id, domain, user_alias = null, tfa_method = null } = stored;
          const key = keyStateOf(stored, how.ring);
          const row = { permissioned_user_id, domain, user_alias, tfa_method, key };
          const texts = [permissioned_user_id, domain, user_alias ?? '-', tfa_method ?? '-', key];
          await write(
            format === 'json'
              ? `${JSON.stringify(row)}\n`
              : `${texts.map((text) => printable(String(text))).join('  ')}\n`,
          );
        }
      },
      context,
    );
    return EXIT.done;
  },
});
