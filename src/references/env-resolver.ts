import { CredsealError } from '../errors.js';
import type { Resolver } from './resolution.js';

const NAME = /^env:([A-Za-z_]\w*)$/;
/** What names a variable of ours, in any case: Windows tells none apart. */
const OURS = /^(?:cloudcruise|credseal)/i;

/** What is wrong with a reference to a variable, before that is looked at. */
export function envProblem(reference: string): string | undefined {
  const name = NAME.exec(reference)?.[1];
  if (name === undefined) return 'env: is followed by the name of a variable: env:PORTAL_PASSWORD';
  return OURS.test(name) ? 'variables of credseal itself are never read' : undefined;
}

/** Resolves `env:NAME`, of any variable but our own: an entry, which names a site as well, never has the vault key typed there. */
export const envResolver =
  (env: Readonly<Record<string, unknown>>): Resolver =>
  (reference) => {
    const problem = envProblem(reference);
    const value = problem === undefined && env[reference.slice('env:'.length)];
    if (typeof value === 'string' && value !== '') return value;
    throw new CredsealError('ERR_ENTRY_INVALID', problem ?? 'the variable is not set, or empty');
  };
