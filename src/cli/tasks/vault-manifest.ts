import type { Finding } from '../../errors.js';
import { entriesOf } from '../../vault/entries.js';
import type { Ends, Exchange } from '../../vault/exchange.js';
import { ManifestCheck } from '../../vault/manifest/check-manifest.js';
import { makeManifest } from '../../vault/manifest/make-manifest.js';
import type { Journal } from '../../vault/rotation-types.js';
import { idOfDeleted, idOfWritten } from '../../vault/whole-entry.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { readText } from '../input/read.js';
import { withFile } from '../output/output-file.js';
import { printable } from '../terminal/printable.js';

/**
 * Does work on the vault that may change entries, between the manifest of before and that of afterwards. What is there
 * has to be what the old one says, but for what the journal has, which is of an interrupted run; or nothing is done.
 * Afterwards it has to be that, or what was written since; or no new one is made, since it would vouch for what somebody else
 * has changed meanwhile. The new one names the old.
 *
 * @param work is given the journal to write to.
 */
export async function withManifest(
  {
    manifest,
    manifestOut,
    journal,
  }: {
    readonly manifest?: string | undefined;
    readonly manifestOut?: string | undefined;
    readonly journal?: Journal | undefined;
  },
  how: Exchange,
  ends: Ends,
  context: Context,
  work: (journal: Journal | undefined) => Promise<number>,
): Promise<number> {
  const previous = manifest === undefined ? undefined : await readText(manifest, '--manifest', context);
  const own = previous === undefined ? journal : remembering(journal);
  const check = async (told: string) => {
    if (previous === undefined) return;
    const errors = await differences(previous, how, ends, own);
    for (const { path, message } of errors)
      context.stderr.write(`${printable([path, message].filter(Boolean).join(' '))}\n`);
    if (errors.length > 0) throw new CliError(EXIT.checkFailed, told);
  };
  await check('The vault is not as --manifest says: nothing is done.');
  const exitCode = await work(own);
  if (manifestOut !== undefined) {
    await check('Somebody else has changed the vault meanwhile: no manifest is made.');
    const made = await makeManifest(entriesOf(how, ends), how.keys, { vault: how.vault.base, previous });
    await withFile(manifestOut, '--manifest-out', (write) => write(made), context);
  }
  return exitCode;
}

/** A journal that remembers what is written in this run, whether or not there is a file for it. */
function remembering(journal: Journal | undefined): Journal {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id) || (journal?.has(id) ?? false),
    add(id) {
      ids.add(id);
      return journal?.add(id);
    },
  };
}

/** What in the vault is neither as a manifest says nor in the journal. */
async function differences(
  manifest: string,
  how: Exchange,
  ends: Ends,
  journal: Journal | undefined,
): Promise<readonly Finding[]> {
  const check = new ManifestCheck(manifest, how.keys);
  try {
    const errors = check.findings.filter(isError);
    if (!check.isAuthentic) return errors;
    for await (const stored of entriesOf(how, ends)) {
      const found = check.look(stored).filter(isError);
      if (found.length > 0 && !journal?.has(idOfWritten(stored))) errors.push(...found);
    }
    return [...errors, ...check.removed((ref) => journal?.has(idOfDeleted(ref)) ?? false)];
  } finally {
    check.forgetKey();
  }
}

const isError = ({ severity }: Finding) => severity === 'error';
