import { open } from './commands/open.js';
import { seal } from './commands/seal.js';
import { SEAL_OPTIONS } from './options/entries.js';
import type { PlainCommand } from './plain-command.js';

/** The commands that are run once a value. */
export const plainSeal: PlainCommand = {
  options: SEAL_OPTIONS,
  operands: 0,
  run: ({ options }, search) => seal(options, search),
};
export const plainOpen: PlainCommand = {
  options: [],
  operands: 0,
  run: ({ options }, search) => open(options, search),
};
