import { open } from './open.js';
import { SEAL_OPTIONS } from './options.js';
import type { PlainCommand } from './plain-command.js';
import { seal } from './seal.js';

/** The commands that are run once a value. */
export const plainSeal: PlainCommand = {
  name: 'seal',
  options: SEAL_OPTIONS,
  operands: 0,
  run: ({ options }, search) => seal(options, search),
};
export const plainOpen: PlainCommand = {
  name: 'open',
  options: [],
  operands: 0,
  run: ({ options }, search) => open(options, search),
};
