import { CredsealError, type Finding } from '../errors.js';
import { ManifestCheck } from '../vault/manifest/check-manifest.js';
import { checkedOptions, ManifestWriter } from '../vault/manifest/make-manifest.js';
import { CliError, EXIT } from './exit.js';
import type { Located, Totals } from './findings.js';
import { decodeUtf8, readBytes } from './input.js';
import { type KeyOptions, loadRing } from './keys.js';
import { refuseSameFile, withOutput } from './output-file.js';
import { nameOfPlace, toldAt } from './place.js';
import { findingsOf, formatOf, type PreflightCommandOptions, write } from './preflight.js';
import { startProgress } from './progress.js';
import { streamRecords } from './stream-records.js';

interface MakeOptions extends KeyOptions {
  output?: string;
  vault?: string;
  previous?: string;
}

/** `credseal manifest make`: sealed entries → their manifest. Where one entry fails there is none: it would lack that entry. */
export async function manifestMake(file = '-', options: MakeOptions): Promise<number> {
  const { output, vault } = options;
  refuseSameFile(file, output, '--output');
  const ring = await loadRing(options);
  const previous =
    options.previous === undefined ? undefined : await readManifest(options.previous, '--previous');
  const writer = new ManifestWriter(ring, checkedOptions({ vault, previous }, ring));
  const progress = startProgress('entries');
  const totals = { read: 0, failed: 0 };
  try {
    for await (const record of streamRecords(file, 'FILE')) {
      totals.read += 1;
      progress.update(totals.read);
      const problem = 'problem' in record ? `${record.problem}.` : problemOf(() => writer.add(record.value));
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
    await withOutput(output, (writeTo) => writeTo(writer.end(Date.now())));
    return EXIT.done;
  } finally {
    progress.stop();
    writer.forgetKey();
  }
}

function problemOf(add: () => void): string | undefined {
  try {
    add();
    return undefined;
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    return error.message;
  }
}

interface CheckOptions extends KeyOptions, Pick<PreflightCommandOptions, 'format'> {
  manifest: string;
}

/** `credseal manifest check`: sealed entries, held against a manifest → findings on stdout. */
export async function manifestCheck(file = '-', options: CheckOptions): Promise<number> {
  const format = formatOf(options.format);
  const ring = await loadRing(options);
  const check = new ManifestCheck(await readManifest(options.manifest, '--manifest'), ring);
  const totals = { checked: 0, errors: 0, warnings: 0 };
  const progress = startProgress('entries', false);

  async function report(findings: readonly Finding[], place: Omit<Located, keyof Finding>): Promise<void> {
    for (const finding of findings) {
      const isFirst = totals.errors + totals.warnings === 0;
      totals[finding.severity === 'error' ? 'errors' : 'warnings'] += 1;
      progress.print('');
      await write(format.finding({ ...finding, ...place }, isFirst));
    }
  }

  const ofManifest = { file: options.manifest };
  const ofEntries = file === '-' ? 'stdin' : file;
  try {
    await write(format.start ?? '');
    await report(check.findings, ofManifest);
    if (check.isAuthentic) {
      for await (const record of streamRecords(file, 'FILE')) {
        totals.checked += 1;
        progress.update(totals.checked);
        await report(
          findingsOf(record, (entry) => check.look(entry)),
          { file: ofEntries, line: record.line },
        );
      }
      await report(check.removed(), ofManifest);
    }
    progress.stop();
    // What is not authentic is not repeated as if it were.
    const end: Totals = check.isAuthentic ? { ...totals, manifest: check.manifest } : totals;
    await write(format.end(end));
  } finally {
    progress.stop();
    check.forgetKey();
  }
  return totals.errors === 0 ? EXIT.done : EXIT.checkFailed;
}

async function readManifest(path: string, option: string): Promise<string> {
  return decodeUtf8(await readBytes(path, option, EXIT.input), option, EXIT.input);
}
