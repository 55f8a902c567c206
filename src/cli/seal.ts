import { sealValue } from '../value/sealed-value.js';
import { CliError, EXIT } from './exit.js';
import { readValue } from './input.js';
import { type KeyOptions, loadRing } from './keys.js';

/** `credseal seal`: a value on stdin becomes a sealed value on stdout. */
export async function seal(options: KeyOptions & { padTo?: string }): Promise<number> {
  const padTo = paddingOf(options);
  const ring = await loadRing(options);
  const value = await readValue('Value to seal');
  if (value === '') throw new CliError(EXIT.input, 'The value is empty: there is nothing to seal.');
  process.stdout.write(`${sealValue(value, ring.current, { padTo })}\n`);
  return EXIT.done;
}

/** The number of `--pad-to`, whose text is not repeated where it is none. */
export function paddingOf({ padTo }: { padTo?: string }): number | undefined {
  if (padTo === undefined) return undefined;
  const bytes = /^\d{1,5}$/.test(padTo) ? Number(padTo) : 0;
  if (bytes < 1 || bytes > 65_536)
    throw new CliError(EXIT.usage, '--pad-to takes a whole number of bytes from 1 to 65536.');
  return bytes;
}
