import { nameOf } from '../../vault/name.js';
import type { ApplyOutcome } from '../../vault/plan-types.js';
import { defineCommand } from '../command.js';
import { CliError, EXIT } from '../exit.js';
import { desiredArgument, quietOption, sealingOptions } from '../options/entries.js';
import { REFERENCE_DETAILS, referenceOption } from '../options/references.js';
import { formatOption } from '../options/report.js';
import {
  clientAndKeyOptions,
  clientExitCodes,
  clientOf,
  clientVariables,
  pruneOption,
  runOptions,
} from '../options/vault.js';
import { yesOption } from '../options/yes.js';
import { openJournal } from '../output/id-file.js';
import { planOfDocument, planText, stepsIn } from '../tasks/desired-entries.js';
import { References } from '../tasks/references.js';
import { withManifest } from '../tasks/vault-manifest.js';
import { confirmed } from '../terminal/confirm.js';
import { untilSignal } from '../terminal/interrupted.js';
import { startProgress } from '../terminal/progress.js';

export const command = defineCommand({
  name: 'apply',
  summary: 'bring the vault to the state of these entries (plain or sealed): creates, updates, then deletes',
  arguments: desiredArgument,
  options: {
    ...clientAndKeyOptions,
    ...pruneOption,
    maxDeletes: {
      type: 'number',
      value: 'n',
      least: 0,
      most: 1_000_000_000,
      summary:
        'change nothing if more entries than this would be deleted; the default is 0 if there is no prompt',
    },
    ...sealingOptions,
    ...referenceOption,
    ...runOptions,
    ...yesOption,
    ...formatOption,
    ...quietOption,
  },
  variables: clientVariables,
  details: `It shows the plan on standard error, and asks. Whole entries are written, each read again just before: one that was
changed since the plan is named and left alone. Entries are deleted only if everything before went well. Run it again
after an interruption.

${REFERENCE_DETAILS}

With --format json, standard output has a line for each: {"permissioned_user_id":…,"domain":…,"operation":…,"outcome":…,
"reason":…}`,
  examples: {
    'credseal apply entries.ndjson': 'at a terminal',
    'credseal apply entries.ndjson --prune --max-deletes 5 --yes': 'in a pipeline',
  },
  exitCodes: {
    ...clientExitCodes,
    1: 'an item failed, was changed in the meantime or cannot be compared, or the answer was no',
    4: 'an entry is malformed or duplicate: nothing was changed',
  },

  async run(
    {
      file,
      prune,
      maxDeletes,
      padTo,
      allowUnknown,
      journal: journalPath,
      concurrency,
      manifest,
      manifestOut,
      yes,
      format,
      quiet,
      ...options
    },
    context,
  ) {
    const references = new References(file, { ...options, quiet }, context);
    const { client, how } = await clientOf(options, context);
    const progress = startProgress(context, { hasResults: false, isQuiet: quiet });
    const interruption = untilSignal(context);
    const { signal } = interruption;
    const journal = journalPath === undefined ? undefined : openJournal(journalPath, how.vault.base, context);
    try {
      return await withManifest(
        { manifest, manifestOut, journal },
        how,
        interruption,
        context,
        async (own) => {
          const plan = await planOfDocument(
            file,
            references,
            how,
            { prune, padTo, allowUnknown, signal },
            context,
          );
          if (!quiet) context.stderr.write(planText(plan));
          const deletes = plan.delete.length;
          const isAsked = !yes && stepsIn(plan) > 0;
          const most = maxDeletes ?? (isAsked ? deletes : 0);
          if (deletes > most)
            throw new CliError(
              EXIT.checkFailed,
              `The plan deletes ${deletes} entries, more than --max-deletes ${most}: nothing is done.`,
            );
          if (isAsked && !(await confirmed('Do this?', context))) return EXIT.checkFailed;

          let isAllWell = plan.incomparable.length === 0;
          let done = 0;
          for await (const outcome of client.apply(plan, {
            journal: own,
            concurrency,
            maxDeletes: most,
            signal,
          })) {
            done += 1;
            progress.update(done, done / stepsIn(plan));
            isAllWell &&= outcome.outcome === 'done' || outcome.outcome === 'already';
            if (format === 'json') context.stdout.write(`${JSON.stringify(outcome)}\n`);
            else if (outcome.reason !== undefined) progress.print(told(outcome));
          }
          progress.stop();
          if (!quiet)
            context.stderr.write(
              `${done} of ${stepsIn(plan)} steps are over${isAllWell ? '' : ', not all of them well'}.\n`,
            );
          return isAllWell ? EXIT.done : EXIT.checkFailed;
        },
      );
    } finally {
      progress.stop();
      journal?.close();
      interruption.end();
    }
  },
});

const told = ({ operation, outcome, reason, ...item }: ApplyOutcome) =>
  `${nameOf(item)}: ${operation} ${outcome}. ${reason}\n`;
