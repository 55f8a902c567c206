import type { Finding } from '../../errors.js';
import { ManifestCheck } from '../../vault/manifest/check-manifest.js';
import { defineCommand } from '../command.js';
import { EXIT, UsageError } from '../exit.js';
import { readText } from '../input/read.js';
import { streamRecords } from '../input/stream-records.js';
import { quietOption, sealedArgument } from '../options/entries.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import type { Located } from '../output/findings.js';
import { FindingsReport, findingsOf, findingsOption } from '../output/findings-report.js';
import { startProgress } from '../terminal/progress.js';

export const command = defineCommand({
  name: 'manifest check',
  summary: 'compare sealed entries with a manifest: finds entries that were changed, added or removed',
  arguments: sealedArgument,
  options: {
    ...keyOptions,
    manifest: { type: 'file', access: 'read', value: 'file', summary: 'the manifest (required)' },
    ...findingsOption,
    ...quietOption,
  },
  variables: keyVariables,
  details:
    'With --format json, the findings are those of preflight, and "manifest" is the end of the manifest.',
  examples: {
    'credseal manifest check sealed.ndjson --manifest vault.manifest': 'exit code 1 if anything differs',
  },
  exitCodes: {
    1: 'an entry was changed, added or removed, or the manifest is under another key',
    3: 'key missing, malformed or protected',
    4: 'the input, or the manifest, is malformed',
  },

  async run({ file, manifest, format, quiet, ...options }, context) {
    if (manifest === undefined) throw new UsageError('--manifest is missing.');
    const ring = await loadRing(options, context);
    const check = new ManifestCheck(await readText(manifest, '--manifest', context), ring);
    const report = new FindingsReport(
      format,
      startProgress(context, { hasResults: false, isQuiet: quiet }),
      context,
    );
    const addAll = async (findings: readonly Finding[], place: Omit<Located, keyof Finding>) => {
      for (const finding of findings) await report.add(finding, place);
    };
    try {
      await report.begin();
      await addAll(check.findings, { file: manifest });
      if (check.isAuthentic) {
        for await (const record of streamRecords(file, 'FILE', context)) {
          report.count();
          const findings = findingsOf(record, ({ value }) => check.look(value));
          await addAll(findings, { file: file === '-' ? 'stdin' : file, line: record.line });
        }
        await addAll(check.removed(), { file: manifest });
      }
      // What is not authentic is not repeated as if it were.
      if (!quiet || format !== 'text')
        await report.end(check.isAuthentic ? { manifest: check.manifest } : {});
    } finally {
      report.progress.stop();
      check.forgetKey();
    }
    return report.totals.errors === 0 ? EXIT.done : EXIT.checkFailed;
  },
});
