import { CredsealError } from '../../errors.js';
import { checkedOptions, ManifestWriter } from '../../vault/manifest/make-manifest.js';
import { defineCommand } from '../command.js';
import { CliError, EXIT } from '../exit.js';
import { nameOfPlace, toldAt } from '../input/place.js';
import { readText } from '../input/read.js';
import { streamRecords } from '../input/stream-records.js';
import { outputOption, quietOption, sealedArgument } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { withOutput } from '../output/output-file.js';
import { startProgress } from '../terminal/progress.js';

// Where one entry fails there is no manifest: it would lack that entry.
export const command = defineCommand({
  name: 'manifest make',
  summary: 'make a manifest of sealed entries: a MAC for each, and one for the whole',
  arguments: sealedArgument,
  options: {
    ...keyOptions,
    vault: {
      type: 'text',
      value: 'name',
      summary: 'name of the vault: its address, or any other name',
    },
    previous: { type: 'file', access: 'read', value: 'file', summary: 'the manifest before this one' },
    // The one before is read whole before anything is written.
    output: { ...outputOption.output, mayReplace: '--previous' },
    ...quietOption,
  },
  variables: keyVariables,
  examples: {
    'credseal manifest make sealed.ndjson -o vault.manifest': 'store it apart from the entries',
  },
  exitCodes: {
    3: 'key missing, malformed or protected',
    4: 'an entry, or the previous manifest, is malformed',
  },

  async run({ file, vault, previous: previousFile, output, quiet, ...options }, context) {
    const ring = await loadRing(options, context);
    const previous =
      previousFile === undefined ? undefined : await readText(previousFile, '--previous', context);
    const writer = new ManifestWriter(ring, checkedOptions({ vault, previous }, ring));
    const progress = startProgress(context, { isQuiet: quiet });
    const totals = { read: 0, failed: 0 };
    try {
      for await (const record of streamRecords(file, 'FILE', context)) {
        totals.read += 1;
        progress.update(totals.read);
        const problem =
          'problem' in record ? `${record.problem}.` : problemOf(() => writer.add(record.value));
        if (problem === undefined) continue;
        totals.failed += 1;
        progress.print(toldAt(nameOfPlace(record), [problem]));
      }
      progress.stop();
      if (totals.failed > 0)
        throw new CliError(
          EXIT.input,
          `${totals.failed} of ${totals.read} entries failed; no manifest is made, since it would lack them.`,
        );
      await withOutput(output, (write) => write(writer.end(Date.now())), context);
      return EXIT.done;
    } finally {
      progress.stop();
      writer.forgetKey();
    }
  },
});

function problemOf(add: () => void): string | undefined {
  try {
    add();
    return undefined;
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    return error.message;
  }
}
