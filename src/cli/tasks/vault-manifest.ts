import { createHash } from 'node:crypto';
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
 * has to be what the old one says, but for what the journal has under that very manifest, which is of an interrupted run; or
 * nothing is done. Afterwards it has to be that, or what was written since; or no new one is made, since it would vouch for what somebody else
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
  const own = previous === undefined ? undefined : ownUnder(previous, journal);
  const check = async (told: string) => {
    if (previous === undefined || own === undefined) return;
    const errors = await differences(previous, how, ends, own.has);
    for (const { path, message } of errors)
      context.stderr.write(`${printable([path, message].filter(Boolean).join(' '))}\n`);
    if (errors.length > 0) throw new CliError(EXIT.checkFailed, told);
  };
  await check('The vault is not as --manifest says: nothing is done.');
  const exitCode = await work(own?.journal ?? journal);
  if (manifestOut !== undefined) {
    await check('Somebody else has changed the vault meanwhile: no manifest is made.');
    const made = await makeManifest(entriesOf(how, ends), how.keys, { vault: how.vault.base, previous });
    await withFile(manifestOut, '--manifest-out', (write) => write(made), context);
  }
  return exitCode;
}

/**
 * What this run has written, and interrupted ones under the same manifest. A journal may be used for years: what was written
 * under another manifest does not count, or somebody could bring back an old password, and the journal would vouch for it.
 */
function ownUnder(manifest: string, journal: Journal | undefined) {
  const scope = createHash('sha256').update(manifest).digest();
  const scoped = (id: string) =>
    createHash('sha256').update(scope).update(id).digest('hex').slice(0, id.length);
  const ids = new Set<string>();
  return {
    has: (id: string) => ids.has(id) || (journal?.has(scoped(id)) ?? false),
    /** The journal to write to: a receipt counts what is in it by itself, under whichever manifest. */
    journal: {
      has: (id: string) => ids.has(id) || (journal?.has(id) ?? false),
      async add(id: string) {
        ids.add(id);
        await journal?.add(scoped(id));
        await journal?.add(id);
      },
    } satisfies Journal,
  };
}

/** What in the vault is neither as a manifest says nor our own. */
async function differences(
  manifest: string,
  how: Exchange,
  ends: Ends,
  isOwn: (id: string) => boolean,
): Promise<readonly Finding[]> {
  const check = new ManifestCheck(manifest, how.keys);
  try {
    const errors = check.findings.filter(isError);
    if (!check.isAuthentic) return errors;
    for await (const stored of entriesOf(how, ends)) {
      const found = check.look(stored).filter(isError);
      if (found.length > 0 && !isOwn(idOfWritten(stored))) errors.push(...found);
    }
    return [...errors, ...check.removed((ref) => isOwn(idOfDeleted(ref)))];
  } finally {
    check.forgetKey();
  }
}

const isError = ({ severity }: Finding) => severity === 'error';
