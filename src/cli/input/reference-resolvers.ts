import { constants, promises, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CredsealError } from '../../errors.js';
import { envProblem, envResolver } from '../../references/env-resolver.js';
import type { Resolver } from '../../references/resolution.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import type { Scheme } from '../options/references.js';
import { outputOf, type ProgramLine } from '../programs/output.js';
import { decodeUtf8, systemReason, withoutLineBreak } from './read.js';
import { MAX_SECRET_BYTES, readOpened } from './secret-file.js';

/** What the resolvers of a command line work with. */
export interface Surroundings {
  /** The file that the entries are in; `-` is standard input. */
  readonly file: string;
  /** The variables that `env:` reads. */
  readonly env: Context['env'];
  /** Files that no entry may take credentials from: where its own keys are, and the entries themselves. */
  readonly secretFiles: readonly string[];
}

/** What is wrong with a reference of a known scheme, before anything is asked. */
export const formatProblems: Readonly<Record<Scheme, (reference: string) => string | undefined>> = {
  env: envProblem,
  file: (reference) => (reference === 'file:' ? 'file: is followed by a path' : undefined),
  op: (reference) =>
    /^op:\/\/[^/]+\/[^/]+\/[^/]/.test(reference) ? undefined : 'its form is op://vault/item/field',
  bw: (reference) =>
    /^bw:[^-].*\/(?:username|password)$/s.test(reference)
      ? undefined
      : 'its form is bw:ITEM/password or bw:ITEM/username, and ITEM does not begin with a hyphen',
  exec: (reference) => (/^exec:\s*$/.test(reference) ? 'exec: is followed by a command' : undefined),
};

/** A resolver for each scheme: those that are not allowed say what to do. */
export function resolversOf(
  allowed: ReadonlySet<Scheme>,
  surroundings: Surroundings,
  context: Context,
): ReadonlyMap<string, Resolver> {
  const run = async (line: ProgramLine) => credentialOf(await outputOf(line, MAX_SECRET_BYTES, context));
  const resolvers: Record<Scheme, Resolver> = {
    env: envResolver(surroundings.env),
    file: (reference) => readFile(reference.slice('file:'.length), surroundings, context),
    op: (reference) => run(['op', 'read', reference]),
    bw(reference) {
      const end = reference.lastIndexOf('/');
      return run(['bw', 'get', reference.slice(end + 1), reference.slice('bw:'.length, end)]);
    },
    exec: (reference) => run(reference.slice('exec:'.length)),
  };
  return new Map(
    Object.entries(resolvers).map(([name, resolve]): [string, Resolver] => {
      const scheme = name as Scheme;
      return [
        scheme,
        (reference) => {
          if (!allowed.has(scheme)) throw refused(notAllowed(scheme));
          const problem = formatProblems[scheme](reference);
          if (problem !== undefined) throw refused(problem);
          return resolve(reference);
        },
      ];
    }),
  );
}

export const notAllowed = (scheme: Scheme) =>
  `${scheme}: is not allowed here; if these entries may reach that, give --allow-references ${scheme}`;

const refused = (problem: string) => new CredsealError('ERR_ENTRY_INVALID', problem);

/** What a tool has printed: one line, of which the line break is no part. */
function credentialOf(output: Awaited<ReturnType<typeof outputOf>>): string {
  if ('problem' in output) throw refused(`its command ${output.problem}`);
  const text = textOf(output.bytes);
  const lines = text.split('\n').length;
  if (lines > 1)
    throw refused(`its command prints ${lines} lines, where one is expected: the credential alone`);
  return text;
}

async function readFile(path: string, surroundings: Surroundings, context: Context): Promise<string> {
  const { file, secretFiles } = surroundings;
  const folder = file === '-' ? context.cwd : dirname(located(file, context));
  try {
    // A pipe that nobody writes to would be waited for.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
    const handle = await promises.open(isAbsolute(path) ? path : join(folder, path), flags);
    try {
      const found = await handle.stat();
      const { dev, ino } = found;
      if (!found.isFile()) throw refused('it leads to something else than a file');
      if (secretFiles.some((each) => isSame(located(each, context), dev, ino)))
        throw refused('it leads to a file of keys, of our variables, or of the entries themselves');
      return textOf(await readOpened(handle, 'its file', EXIT.input));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof CredsealError) throw error;
    if (error instanceof CliError) throw refused(error.message.replace(/\.$/, ''));
    throw refused(`its file cannot be read: ${systemReason(error)}`);
  }
}

function isSame(path: string, dev: number, ino: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.dev === dev && found.ino === ino;
}

function textOf(bytes: Uint8Array): string {
  try {
    return withoutLineBreak(decodeUtf8(bytes, 'it', EXIT.input));
  } catch {
    throw refused('what it leads to is not valid UTF-8');
  }
}
