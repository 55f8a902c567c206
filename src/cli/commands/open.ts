import { openValue } from '../../value/sealed-value.js';
import { CliError, EXIT } from '../exit.js';
import { readValue } from '../input/read.js';
import { type KeyOptions, loadRing, type Search } from '../options/keys.js';

const HALF_A_PAIR = /\p{Surrogate}/u;

/** `credseal open`: a sealed value on stdin becomes the value on stdout, with the line break that `seal` takes away. */
export async function open(options: KeyOptions, search?: Search): Promise<number> {
  const ring = await loadRing(options, search);
  const sealed = await readValue('Sealed value');
  const value = openValue(sealed, ring);
  if (HALF_A_PAIR.test(value)) {
    throw new CliError(
      EXIT.notOpened,
      'The value opens, but has half of a surrogate pair, which UTF-8 cannot carry: it would come out changed.',
    );
  }
  process.stdout.write(`${value}\n`);
  return EXIT.done;
}
