import { sealValue } from '../../value/sealed-value.js';
import { CliError, EXIT } from '../exit.js';
import { readValue } from '../input/read.js';
import { type KeyOptions, loadRing, type Search } from '../options/keys.js';
import { wholeNumber } from '../options/number.js';

/** `credseal seal`: a value on stdin becomes a sealed value on stdout. */
export async function seal(options: KeyOptions & { padTo?: string }, search?: Search): Promise<number> {
  const padTo = paddingOf(options);
  const ring = await loadRing(options, search);
  const value = await readValue('Value to seal');
  if (value === '') throw new CliError(EXIT.input, 'The value is empty: there is nothing to seal.');
  process.stdout.write(`${sealValue(value, ring, { padTo })}\n`);
  return EXIT.done;
}

/** The number of bytes of `--pad-to`. */
export function paddingOf({ padTo }: { padTo?: string }): number | undefined {
  return wholeNumber('--pad-to', padTo, 1, 65_536);
}
