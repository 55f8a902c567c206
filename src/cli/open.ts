import { openValue } from '../value/sealed-value.js';
import { EXIT } from './exit.js';
import { readValue } from './input.js';
import { type KeyOptions, loadRing } from './keys.js';

/** `credseal open`: a sealed value on stdin becomes the value on stdout, with the line break that `seal` takes away. */
export async function open(options: KeyOptions): Promise<number> {
  const ring = await loadRing(options);
  const sealed = await readValue('Sealed value');
  process.stdout.write(`${openValue(sealed, ring)}\n`);
  return EXIT.done;
}
