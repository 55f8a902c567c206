import { ENTRY_OPTIONS } from './options.js';
import { payload } from './payload.js';
import { type PlainCommand, runPlain } from './plain-command.js';

export const plainPayload: PlainCommand = {
  name: 'payload',
  options: ENTRY_OPTIONS,
  operands: 1,
  run: ({ options, operands: [file] }, search) => payload(file, options, search),
};

/** `credseal payload`, bundled by itself, since `credseal seal` is not to wait for what it takes. */
export function runPlainPayload(args: readonly string[]): Promise<number | undefined> {
  return runPlain(plainPayload, args);
}
