import { pbkdf2Sync } from 'node:crypto';
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
  readonly isHeader?: (header: Record<string, unknown>) => boolean;
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
function wrappingKey(passphrase: string, p2s: unknown, iterations: number): Buffer {
  const name = JSON.stringify([passphrase, p2s, iterations]);
  const salt = Buffer.concat([Buffer.from(`${ALGORITHM}\0`), loosely(p2s)]);
  const key = derived.get(name) ?? pbkdf2Sync(passphrase, salt, iterations, 32, 'sha512');
  derived.set(name, key);
  return key;
}

/** A reader with habits. Without any, it is right. */
export function unprotectsBy({
  without = [],
  trim = (file) => file.replace(/\r?\n$/, ''),
  isHeader = ({ cty }) => cty === undefined || isContentType(cty),
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
      const { alg, enc, zip, crit, p2c, p2s } = header;
      const isSound = holds(
        {
          Form: () => jwe.split('.').length === 5 && jwe.split('.').every(isCanonical),
          Lengths: () => [wrappedKey, iv, tag].map((part) => loosely(part).length).join() === '40,12,16',
          Algorithm: () => alg === ALGORITHM && enc === 'A256GCM',
          Header: () => zip === undefined && crit === undefined && isHeader(header),
        },
        without,
      );
      const isCount = typeof p2c === 'number' && p2c >= leastIterations && p2c <= 10_000_000;
      if (!isSound || !isCount || typeof p2s !== 'string' || loosely(p2s).length < leastSalt) return REFUSED;
      const plaintext = decrypted(jwe, wrappingKey(prepare(passphrase), p2s, p2c), { checksTag });
      return { keys: keysOf(strictJson(plaintext)) };
    } catch {
      return REFUSED;
    }
  });
}

// Salt, Iterations and Header are too strict here, not too lax: what the vectors have of short salts, few iterations, zip,
// crit and another cty are sound files under another header, which do not open whether that is looked at or not.
export const keyFiles: Bugs = {
  Ring: {
    what: 'takes the last key for the current one',
    answer: unprotectsBy({ keysOf: (set) => ringKeys(set).reverse() }),
  },
  LineBreak: { what: 'leaves the line break where it is', answer: unprotectsBy({ trim: (file) => file }) },
  Header: {
    what: 'asks for typ and cty as it writes them itself',
    answer: unprotectsBy({ isHeader: ({ typ, cty }) => typ === 'JOSE' && cty === 'jwk-set+json' }),
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
  Salt: { what: 'asks for a salt of 16 bytes', answer: unprotectsBy({ leastSalt: 16 }) },
  Iterations: {
    what: 'asks for as many iterations as it takes itself',
    answer: unprotectsBy({ leastIterations: 210_000 }),
  },
  Passphrase: {
    what: 'takes the passphrase as the system composes it',
    answer: unprotectsBy({ prepare: (passphrase) => passphrase }),
  },
  Changed: { what: 'decrypts and does not check the tag', answer: unprotectsBy({ checksTag: false }) },
  // The files of this flag are sound ones under another header: they open only where the tag is not checked either.
  Algorithm: {
    what: 'opens every file as of its own kind, and does not check the tag',
    answer: unprotectsBy({ without: ['Algorithm'], checksTag: false }),
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
