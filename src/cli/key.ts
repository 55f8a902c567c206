import { VaultKey } from '../key/vault-key.js';
import { EXIT } from './exit.js';
import { type KeyOptions, loadKeys } from './keys.js';

/** `credseal key new`: a fresh key on stdout. */
export async function keyNew({ jwk }: { jwk?: boolean }): Promise<number> {
  const key = VaultKey.generate();
  process.stdout.write(`${jwk ? JSON.stringify(key.toJwk()) : key.toHex()}\n`);
  return EXIT.done;
}

/** `credseal key show`: fingerprint, format and source of every key of the ring; never a key. */
export async function keyShow(options: KeyOptions): Promise<number> {
  for (const [index, { key, format, source }] of (await loadKeys(options)).entries()) {
    const role = index === 0 ? 'current ' : 'previous';
    process.stdout.write(`${role}  ${key.fingerprint}  ${format}  ${source}\n`);
  }
  return EXIT.done;
}
