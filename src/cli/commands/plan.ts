import { defineCommand } from '../command.js';
import { EXIT } from '../exit.js';
import { desiredArgument, sealingOptions } from '../options/entries.js';
import { REFERENCE_DETAILS, referenceOption } from '../options/references.js';
import { formatOption } from '../options/report.js';
import {
  clientAndKeyOptions,
  clientExitCodes,
  clientOf,
  clientVariables,
  pruneOption,
} from '../options/vault.js';
import { planOfDocument, planText, stepsIn } from '../tasks/desired-entries.js';
import { References } from '../tasks/references.js';

export const command = defineCommand({
  name: 'plan',
  summary: 'show what apply would change in the vault to reach the state of these entries; writes nothing',
  arguments: desiredArgument,
  options: {
    ...clientAndKeyOptions,
    ...pruneOption,
    ...sealingOptions,
    ...referenceOption,
    check: { type: 'flag', summary: 'exit with 1 if there is anything to do' },
    ...formatOption,
  },
  variables: clientVariables,
  details: `Credentials are compared in plain text, in memory; settings by what they mean. A field that is not given is left alone,
and null takes one away. Names of entries and fields are shown, and no value.

${REFERENCE_DETAILS}

With --format json: {"create":[{"permissioned_user_id":…,"domain":…},…],"update":[{…,"fields":[…]},…],"delete":[…],
"unchanged":…,"incomparable":[{…,"reason":…},…]}`,
  examples: {
    'credseal plan entries.ndjson': 'what differs',
    'credseal plan entries.ndjson --prune --check': 'for a pipeline: is the vault exactly as it should be?',
  },
  exitCodes: {
    ...clientExitCodes,
    1: 'with --check: there is something to do, or an entry that cannot be compared',
    4: 'an entry is malformed or duplicate: no plan was made',
  },

  async run({ file, prune, padTo, allowUnknown, check, format, ...options }, context) {
    const references = new References(file, options, context);
    const { how } = await clientOf(options, context);
    const plan = await planOfDocument(file, references, how, { prune, padTo, allowUnknown }, context);
    context.stdout.write(format === 'json' ? `${JSON.stringify(plan)}\n` : planText(plan));
    const isDone = stepsIn(plan) === 0 && plan.incomparable.length === 0;
    return check && !isDone ? EXIT.checkFailed : EXIT.done;
  },
});
