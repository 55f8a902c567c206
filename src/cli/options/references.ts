import { closestName, spellingsOf } from '../../closest-name.js';
import type { Options } from '../command.js';
import { CliError, EXIT } from '../exit.js';

/** Schemes beside `env`, which every command line allows. */
const TO_ALLOW = ['file', 'op', 'bw', 'exec'] as const;
/** What stands before the colon of a reference that the command line knows. */
export type Scheme = 'env' | (typeof TO_ALLOW)[number];
export const SCHEMES: readonly Scheme[] = ['env', ...TO_ALLOW];

/** The option of the commands that resolve references: what an entry file may reach is said here, and nowhere else. */
export const referenceOption = {
  allowReferences: {
    type: 'text',
    value: 'schemes',
    offers: TO_ALLOW,
    summary: 'schemes that references may use besides env: a list of file,op,bw,exec',
  },
} as const satisfies Options;

export const REFERENCE_DETAILS = `A credential may be a reference, { "from": "env:PORTAL_PASSWORD" }, which is resolved before it is sealed. Whoever writes
an entry also says to which site its credentials go, so that --allow-references says what it may reach: file:PATH (from
the folder of FILE), op://vault/item/field (by op read), bw:ITEM/password (by bw get), exec:COMMAND (by the shell).`;

/** The schemes that are allowed. */
export function allowedSchemes(list: string | undefined): ReadonlySet<Scheme> {
  const names = list === undefined ? [] : list.split(',').map((name) => name.trim());
  for (const name of names) {
    if (SCHEMES.includes(name as Scheme)) continue;
    const meant = closestName(name, spellingsOf(TO_ALLOW));
    throw new CliError(
      EXIT.usage,
      `--allow-references is a list of ${TO_ALLOW.join(', ')}, with commas between them.${meant ? ` (Did you mean ${meant}?)` : ''}`,
    );
  }
  return new Set<Scheme>(['env', ...(names as Scheme[])]);
}
