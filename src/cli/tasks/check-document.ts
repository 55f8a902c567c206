import { allowedNames, checkEntry, type Operation } from '../../entry/check.js';
import { withoutVaultSet } from '../../entry/open-entry.js';
import { plainCredential } from '../../entry/plain-credential.js';
import { isReference } from '../../entry/reference.js';
import type { Schema } from '../../entry/schemas.js';
import type { Issue } from '../../errors.js';
import { referenceIssue, referencesIn, schemeOf } from '../../references/resolution.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit.js';
import { nameOfPlace, toldAt } from '../input/place.js';
import { formatProblems, notAllowed } from '../input/reference-resolvers.js';
import { streamRecords } from '../input/stream-records.js';
import { allowedSchemes, SCHEMES, type Scheme } from '../options/references.js';
import { startProgress } from '../terminal/progress.js';

interface CheckOptions {
  readonly operation: Operation;
  readonly allowUnknown?: readonly string[] | undefined;
  readonly allowReferences?: string | undefined;
  readonly quiet: boolean;
}

/**
 * Says whether the entries of a document are well-formed and complete, without resolving references or sealing: for that
 * no key is needed, and nothing is reached.
 *
 * @returns the exit code: 4 if the only entry fails, 1 if some of several do
 */
export async function checkDocument(file: string, options: CheckOptions, context: Context): Promise<number> {
  const problemsOf = checker(options);
  const progress = startProgress(context, { hasResults: false, isQuiet: options.quiet });
  let [checked, failed, isOne] = [0, 0, false];
  try {
    for await (const record of streamRecords(file, 'FILE', context)) {
      checked += 1;
      progress.update(checked);
      isOne = record.line === undefined && record.index === undefined;
      const problems = 'problem' in record ? [`${record.problem}.`] : problemsOf(record.value);
      if (problems.length === 0) continue;
      failed += 1;
      progress.print(toldAt(nameOfPlace(record), problems));
    }
  } finally {
    progress.stop();
  }
  if (!options.quiet)
    context.stderr.write(
      failed === 0
        ? `${checked} ${checked === 1 ? 'entry is' : 'entries are'} well-formed and complete.\n`
        : `${failed} of ${checked} entries failed.\n`,
    );
  if (failed === 0) return EXIT.done;
  return isOne ? EXIT.input : EXIT.checkFailed;
}

function checker({ operation, allowUnknown, allowReferences }: CheckOptions): (entry: unknown) => string[] {
  // What is only looked at reaches nothing: without a list, any scheme will do.
  const allowed = allowReferences === undefined ? new Set(SCHEMES) : allowedSchemes(allowReferences);
  const plain = plainCredential([]);
  const credential: Schema<unknown> = (value, path, issues) =>
    isReference(value) ? value : plain(value, path, issues);
  const options = { operation, allowUnknown: allowedNames(allowUnknown), credential };
  return (given) => {
    const entry = operation === 'update' ? withoutVaultSet(given) : given;
    const { issues } = checkEntry(entry, options);
    for (const [name, reference] of referencesIn(entry, issues)) {
      const problem = referenceProblem(reference, allowed);
      if (problem !== undefined) issues.push(referenceIssue(name, problem));
    }
    return issues.map(({ message }: Issue) => message);
  };
}

function referenceProblem(reference: string, allowed: ReadonlySet<Scheme>): string | undefined {
  const scheme = schemeOf(reference, SCHEMES);
  if ('problem' in scheme) return scheme.problem;
  const name = scheme.value as Scheme;
  return allowed.has(name) ? formatProblems[name](reference) : notAllowed(name);
}
