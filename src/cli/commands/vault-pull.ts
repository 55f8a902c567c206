import { openEntry } from '../../entry/open-entry.js';
import { CredsealError } from '../../errors.js';
import { entriesOf } from '../../vault/entries.js';
import { nameOf } from '../../vault/name.js';
import { wholeOf } from '../../vault/whole-entry.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { outputOption, quietOption } from '../options/entries.js';
import { clientAndKeyOptions, clientExitCodes, clientOf, clientVariables } from '../options/vault.js';
import { withOutput } from '../output/output-file.js';
import { startProgress } from '../terminal/progress.js';

export const command = defineCommand({
  name: 'vault pull',
  summary: 'print all entries of the vault as NDJSON: sealed, or with --open in plain text',
  options: {
    ...clientAndKeyOptions,
    ...outputOption,
    open: { type: 'flag', summary: 'print plain text; reports and omits entries that do not open' },
    ...quietOption,
  },
  variables: clientVariables,
  details: `What only the vault sets, and fields that are null, are left out: rotate, preflight --update, push --update and
apply take the result as it is.`,
  examples: {
    'credseal vault pull -o sealed.ndjson': 'a copy that is worth nothing without the key',
    'credseal vault pull | credseal preflight --update': 'checks what is in the vault',
  },
  exitCodes: { ...clientExitCodes, 1: 'some entries do not open, and were omitted' },

  async run({ output, open, quiet, ...options }, context) {
    const { how } = await clientOf(options, context);
    const progress = startProgress(context, { isQuiet: quiet });
    const totals = { done: 0, failed: 0 };
    try {
      await withOutput(
        output,
        async (write) => {
          for await (const stored of entriesOf(how, {})) {
            const whole = wholeOf(stored);
            try {
              await write(`${JSON.stringify(open ? openEntry(whole, how.keys) : whole)}\n`);
              totals.done += 1;
            } catch (error) {
              if (!(error instanceof CredsealError)) throw error;
              totals.failed += 1;
              progress.print(`${nameOf(stored)}: ${error.message}\n`);
            }
            progress.update(totals.done + totals.failed);
          }
        },
        context,
      );
    } finally {
      progress.stop();
    }
    if (totals.failed > 0 && !quiet)
      context.stderr.write(
        `${totals.failed} of ${totals.done + totals.failed} entries do not open, and are left out.\n`,
      );
    return totals.failed > 0 ? EXIT.checkFailed : EXIT.done;
  },
});
