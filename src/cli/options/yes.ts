import type { Options } from '../command.js';

/** The option of commands that ask before they do what cannot be undone. */
export const yesOption = {
  yes: { type: 'flag', summary: 'do not ask for confirmation; required without a terminal' },
} as const satisfies Options;
