import { pbkdf2Sync } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { ringFromJwkSet } from '../../../src/key/jwk-set.js';
import { type Bugs, type Implementation, on, strictJson } from './implementation.js';
import { decrypted, holds, isCanonical, loosely, partsOf } from './jwe.js';

const REFUSED = { error: 'ERR_KEY_FILE' };
const ALGORITHM = 'PBES2-HS512+A256KW';

type Check = 'Form' | 'Lengths' | 'Algorithm' | 'Header';

/** What a reader of key files does otherwise. */
interface Habits {
  readonly without?: readonly Check[];
  /** The file, from what was read. */
  readonly trim?: (file: string) => string;
  readonly leastIterations?: number;
  readonly leastSalt?: number;
  readonly prepare?: (passphrase: string) => string;
  readonly checksTag?: boolean;
  /** The keys in hex, of the JWK set that was in the file. */
  readonly keysOf?: (set: unknown) => string[];
}

const ringKeys = (set: unknown) => ringFromJwkSet(set).keys.map((key) => key.toHex());
const jwksOf = (set: unknown) => (set as { keys: { k: string; kid?: string }[] }).keys;
const isContentType = (cty: unknown) => /^(?:application\/)?jwk-set\+json$/i.test(String(cty));

// The vectors are read once for each bug: this work is the same each time, and most of all there is.
const derived = new Map<string, Buffer>();
function wrappingKey(passphrase: string, alg: unknown, p2s: unknown, iterations: number): Buffer {
  const [, hash, bits] = /^PBES2-HS(\d+)\+A(\d+)KW$/.exec(String(alg)) ?? [];
  if (hash === undefined) throw new Error('No algorithm with a passphrase.');
  const name = JSON.stringify([passphrase, alg, p2s, iterations]);
  const salt = Buffer.concat([Buffer.from(`${alg}\0`), loosely(p2s)]);
  const key = derived.get(name) ?? pbkdf2Sync(passphrase, salt, iterations, Number(bits) / 8, `sha${hash}`);
  derived.set(name, key);
  return key;
}

/** A reader with habits. Without any, it is right. */
export function unprotectsBy({
  without = [],
  trim = (file) => file.replace(/\r?\n$/, ''),
  leastIterations = 100_000,
  leastSalt = 8,
  prepare = (passphrase) => passphrase.replace(/\p{Zs}/gu, ' ').normalize('NFC'),
  checksTag = true,
  keysOf = ringKeys,
}: Habits): Implementation {
  return on('unprotect', ({ file, passphrase }) => {
    if (typeof file !== 'string' || typeof passphrase !== 'string') return REFUSED;
    if (passphrase === '' || /\p{Surrogate}/u.test(passphrase)) return REFUSED;
    try {
      const jwe = trim(file);
      const { header: first, wrappedKey, iv, tag } = partsOf(jwe);
      const header = strictJson(loosely(first)) as Record<string, unknown>;
      const { alg, enc, zip, crit, cty, p2c, p2s } = header;
      const isSound = holds(
        {
          Form: () => jwe.split('.').length === 5 && jwe.split('.').every(isCanonical),
          Lengths: () => [wrappedKey, iv, tag].map((part) => loosely(part).length).join() === '40,12,16',
          Algorithm: () => alg === ALGORITHM && enc === 'A256GCM',
          Header: () => zip === undefined && crit === undefined && (cty === undefined || isContentType(cty)),
        },
        without,
      );
      const isCount = typeof p2c === 'number' && p2c >= leastIterations && p2c <= 10_000_000;
      if (!isSound || !isCount || typeof p2s !== 'string' || loosely(p2s).length < leastSalt) return REFUSED;
      const bytes = decrypted(jwe, wrappingKey(prepare(passphrase), alg, p2s, p2c), { checksTag });
      return { keys: keysOf(strictJson(zip === 'DEF' ? inflateRawSync(bytes) : bytes)) };
    } catch {
      return REFUSED;
    }
  });
}

export const keyFiles: Bugs = {
  Ring: {
    what: 'takes the last key for the current one',
    answer: unprotectsBy({ keysOf: (set) => ringKeys(set).reverse() }),
  },
  LineBreak: { what: 'leaves the line break where it is', answer: unprotectsBy({ trim: (file) => file }) },
  Header: {
    what: 'inflates, and looks past crit and cty',
    answer: unprotectsBy({ without: ['Header'] }),
  },
  Kid: {
    what: 'asks for a kid',
    answer: unprotectsBy({
      keysOf: (set) => {
        if (!jwksOf(set).every(({ kid }) => typeof kid === 'string')) throw new Error('No kid.');
        return ringKeys(set);
      },
    }),
  },
  Salt: { what: 'takes a salt of any length', answer: unprotectsBy({ leastSalt: 0 }) },
  Iterations: {
    what: 'takes as few iterations as there are',
    answer: unprotectsBy({ leastIterations: 1 }),
  },
  Passphrase: {
    what: 'takes the passphrase as the system composes it',
    answer: unprotectsBy({ prepare: (passphrase) => passphrase }),
  },
  Changed: { what: 'decrypts and does not check the tag', answer: unprotectsBy({ checksTag: false }) },
  Algorithm: {
    what: 'opens a file by whatever algorithm it names',
    answer: unprotectsBy({ without: ['Algorithm', 'Lengths'] }),
  },
  Form: {
    what: 'decodes loosely, and looks at five parts of however many',
    answer: unprotectsBy({ without: ['Form'] }),
  },
  Content: {
    what: 'takes k of whatever is in the set',
    answer: unprotectsBy({ keysOf: (set) => jwksOf(set).map(({ k }) => loosely(k).toString('hex')) }),
  },
};
