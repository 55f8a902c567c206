import type { RotationReceipt } from '../../vault/rotation-types.js';
import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { quietOption } from '../options/entries.js';
import { formatOption } from '../options/report.js';
import {
  clientAndKeyOptions,
  clientExitCodes,
  clientOf,
  clientVariables,
  runOptions,
} from '../options/vault.js';
import { openJournal } from '../output/id-file.js';
import { withFile } from '../output/output-file.js';
import { withManifest } from '../tasks/vault-manifest.js';
import { untilSignal } from '../terminal/interrupted.js';
import { printable } from '../terminal/printable.js';
import { startProgress } from '../terminal/progress.js';

export const command = defineCommand({
  name: 'vault rotate',
  summary: 'seal all entries of the vault under the current key; then check all of them, and write a receipt',
  options: {
    ...clientAndKeyOptions,
    ...runOptions,
    dryRun: { type: 'flag', summary: 'check all entries, write nothing' },
    receipt: {
      type: 'file',
      access: 'write',
      value: 'file',
      summary: 'write the result of the final check as JSON',
    },
    ...formatOption,
    ...quietOption,
  },
  variables: clientVariables,
  details: `Each entry is read again, sealed anew, written back as a whole, and what the vault answers is opened: it must be what it
was. Entries that share a sealed value or an IV, and entries that do not open, are left alone and named. The first
write goes alone; if the vault refuses it (401), nothing else is sent. Run it again after an interruption; with the same
--journal, the receipt counts all runs.

With --format json, standard output has the receipt: {"version":1,"at":…,"vault":…,"currentKey":…,"previousKeys":[…],
"entries":…,"rotated":…,"currentBefore":…,"failed":[{"permissioned_user_id":…,"domain":…,"reason":…},…],
"underPreviousKeys":…,"unopenable":…}`,
  examples: {
    'credseal vault rotate --key-file keys.jwe --dry-run': 'what would be done',
    'credseal vault rotate --key-file keys.jwe --journal rotate.log --receipt receipt.json':
      'the rotation, with proof',
  },
  exitCodes: {
    ...clientExitCodes,
    0: 'no entry of the vault is under a previous key, and all of them open',
    1: 'an entry is still under a previous key, or does not open',
  },

  async run(
    {
      journal: journalPath,
      concurrency,
      dryRun,
      receipt: receiptPath,
      manifest,
      manifestOut,
      format,
      quiet,
      ...options
    },
    context,
  ) {
    const { client, how } = await clientOf(options, context);
    const journal =
      journalPath === undefined || dryRun ? undefined : openJournal(journalPath, how.vault.base, context);
    const progress = startProgress(context, { hasResults: false, isQuiet: quiet });
    const interruption = untilSignal(context);
    const manifests = { manifest, manifestOut: dryRun ? undefined : manifestOut, journal };
    let done = 0;
    try {
      return await withManifest(manifests, how, interruption, context, async (own) => {
        const rotation = client.rotate({ journal: own, concurrency, dryRun, signal: interruption.signal });
        for await (const { outcome, reason, permissioned_user_id, domain } of rotation) {
          done += 1;
          progress.update(done);
          if (reason !== undefined)
            progress.print(`${printable(`${permissioned_user_id}, ${domain}: ${reason}`)}\n`);
          else if (dryRun && !quiet)
            progress.print(`${printable(`${permissioned_user_id}, ${domain}`)}: ${outcome}\n`);
        }
        const receipt = await rotation.receipt;
        progress.stop();
        const json = `${JSON.stringify(receipt)}\n`;
        if (receiptPath !== undefined)
          await withFile(receiptPath, '--receipt', (write) => write(json), context);
        if (format === 'json') context.stdout.write(json);
        if (!quiet) context.stderr.write(summaryOf(receipt, dryRun));
        return receipt.underPreviousKeys === 0 && receipt.unopenable === 0 ? EXIT.done : EXIT.checkFailed;
      });
    } finally {
      progress.stop();
      journal?.close();
      interruption.end();
    }
  },
});

function summaryOf(
  { entries, rotated, currentBefore, failed, underPreviousKeys, unopenable, currentKey }: RotationReceipt,
  isDry: boolean,
): string {
  const looked = `${entries} ${entries === 1 ? 'entry' : 'entries'}: ${rotated} rotated, ${currentBefore} were current before, ${failed.length} failed.`;
  const left = `${underPreviousKeys} under a previous key, ${unopenable} that do not open.`;
  if (isDry) return `${looked} Now: ${left} Nothing was written.\n`;
  if (underPreviousKeys + unopenable > 0) return `${looked} Still: ${left}\n`;
  return `${looked}
Nothing in this vault needs another key than ${currentKey} any more. Files, backups and queues may: rotate or replace
them before you destroy the old key. If the old key has leaked, change the passwords: whoever has it and an old copy reads them.
`;
}
