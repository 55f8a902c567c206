import { type BigIntStats, fstatSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { targetOf } from '../../file/target.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';

/** A file of a command line, and what the command does to it. */
export interface NamedFile {
  /** What it is on the command line, for messages: `FILE`, `--key-file`. */
  readonly role: string;
  /** Where it is. `-`, or nothing, is standard input where it is read, and standard output where it is written. */
  readonly path?: string | undefined;
  /** A descriptor in place of a path. */
  readonly fd?: number | undefined;
  /** `both` is for what a command reads and writes on purpose: a journal, a file that is changed in place. */
  readonly access: 'read' | 'write' | 'both';
  /** The role of a file that this one may replace all the same: the command sees to it that nothing of it is lost. */
  readonly over?: string | undefined;
}

/**
 * Refuses a command line by which one file would be written, and read or written in another role as well. To be called
 * before anything is read or written.
 *
 * @throws CliError 2
 */
export function refuseConflicts(files: readonly NamedFile[], context: Context): void {
  const known = files.map((file) => ({ file, identity: identityOf(file, context) }));
  for (const [index, { file, identity }] of known.entries()) {
    if (identity === undefined) continue;
    const same = known.slice(0, index).filter((other) => other.identity === identity);
    const earlier = same.find((other) => isConflict(file, other.file, identity))?.file;
    if (earlier === undefined) continue;
    const [writer, other] = file.access === 'read' ? [earlier, file] : [file, earlier];
    throw new CliError(
      EXIT.usage,
      `${capitalised(nameOf(writer))} leads to the same file as ${nameOf(other)}: nothing was read or written. Give another file.`,
    );
  }
}

/** Whether a file is to be written over the one that is read. */
export function isSameFile(
  input: string | undefined,
  output: string | undefined,
  context: Context,
): output is string {
  if (isStandard({ path: output })) return false;
  const identity = identityOf({ role: '', path: input, access: 'read' }, context);
  return (
    identity !== undefined && identity === identityOf({ role: '', path: output, access: 'write' }, context)
  );
}

function isConflict(a: NamedFile, b: NamedFile, identity: string): boolean {
  if (a.access === 'read' && b.access === 'read') return false;
  // A pipe cannot be replaced: it would be read to an end that never comes.
  return identity.startsWith(PIPE) || (a.over !== b.role && b.over !== a.role);
}

const PIPE = 'pipe ';

/** One text for one file, however it is spelt; undefined for what holds nothing, or leads nowhere. */
function identityOf({ path, fd, access }: NamedFile, context: Context): string | undefined {
  // Standard input is not touched where nobody reads it: to make it takes a while.
  const standard = () => (access === 'write' ? context.stdout : context.stdin).fd;
  const descriptor = fd ?? (isStandard({ path }) ? standard() : undefined);
  try {
    if (descriptor !== undefined) return identityIn(fstatSync(descriptor, { bigint: true }));
    if (path === undefined || path === '-') return undefined;
    const place = located(path, context);
    const found = statSync(place, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? identityOfNew(place) : identityIn(found);
  } catch {
    // Whoever opens it is told why that cannot be done.
    return undefined;
  }
}

/** A terminal, /dev/null or a socket may be read and written at once. */
function identityIn(found: BigIntStats): string | undefined {
  if (found.isFIFO()) return `${PIPE}${found.dev}:${found.ino}`;
  return found.isFile() || found.isBlockDevice() ? `${found.dev}:${found.ino}` : undefined;
}

/**
 * Of a file that is not there yet, by its folder and its name. Whether the folder tells names apart that differ in case
 * or normalization shows only once there is such a file: they are taken for one.
 */
function identityOfNew(path: string): string {
  const target = targetOf(path);
  const { dev, ino } = statSync(dirname(target), { bigint: true });
  return `${dev}:${ino}/${basename(target).normalize('NFKC').toLowerCase()}`;
}

const isStandard = ({ path, fd }: Pick<NamedFile, 'path' | 'fd'>): boolean =>
  fd === undefined && (path === undefined || path === '-');

/** The argument FILE may be left out. */
function nameOf({ role, ...file }: NamedFile): string {
  return role.startsWith('FILE') && isStandard(file) ? 'standard input' : role;
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
