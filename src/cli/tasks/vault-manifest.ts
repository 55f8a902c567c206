import { entriesOf } from '../../vault/entries.js';
import type { Ends, Exchange } from '../../vault/exchange.js';
import { checkManifest } from '../../vault/manifest/check-manifest.js';
import { makeManifest } from '../../vault/manifest/make-manifest.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { readText } from '../input/read.js';
import { withFile } from '../output/output-file.js';
import { printable } from '../terminal/printable.js';

/**
 * Does work on the vault that may change entries, between the manifest of before and that of afterwards: what is there
 * has to be what the old one says, or nothing is done; the new one names the old.
 */
export async function withManifest(
  {
    manifest,
    manifestOut,
  }: { readonly manifest?: string | undefined; readonly manifestOut?: string | undefined },
  how: Exchange,
  ends: Ends,
  context: Context,
  work: () => Promise<number>,
): Promise<number> {
  const previous = manifest === undefined ? undefined : await readText(manifest, '--manifest', context);
  if (previous !== undefined) {
    const { ok, findings } = await checkManifest(entriesOf(how, ends), previous, how.keys);
    if (!ok) {
      for (const { severity, path, message } of findings)
        if (severity === 'error')
          context.stderr.write(`${printable([path, message].filter(Boolean).join(' '))}\n`);
      throw new CliError(EXIT.checkFailed, 'The vault is not as --manifest says: nothing is done.');
    }
  }
  const exitCode = await work();
  if (manifestOut !== undefined) {
    const made = await makeManifest(entriesOf(how, ends), how.keys, { vault: how.vault.base, previous });
    await withFile(manifestOut, '--manifest-out', (write) => write(made), context);
  }
  return exitCode;
}
