import { pbkdf2Sync } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { compactDecrypt } from 'jose';
import { ringFromJwkSet } from '../../../src/key/jwk-set.js';
import { type Bugs, type Implementation, lastMember, on, strictJson } from './implementation.js';
import { decrypted, holds, isCanonical, loosely, partsOf } from './jwe.js';

const REFUSED = { error: 'ERR_KEY_FILE' };
const ALGORITHM = 'PBES2-HS512+A256KW';

type Check = 'Form' | 'Lengths' | 'Algorithm' | 'Header';

/** What a reader of key files does otherwise. */
interface Habits {
  readonly without?: readonly Check[];
  /** The file, from what was read. */
  readonly trim?: (file: string) => string;
  /** The number of iterations, or undefined where it is refused. */
  readonly iterations?: (p2c: unknown) => number | undefined;
  readonly isSalt?: (p2s: unknown) => boolean;
  readonly readsJson?: (bytes: Buffer) => unknown;
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
function wrappingKey(passphrase: string, alg: unknown, p2s: unknown = '', iterations = 1): Buffer {
  const [, hash, bits] = /^PBES2-HS(\d+)\+A(\d+)KW$/.exec(String(alg)) ?? [];
  if (hash === undefined) throw new Error('No algorithm with a passphrase.');
  const name = JSON.stringify([passphrase, alg, p2s, iterations]);
  const salt = Buffer.concat([Buffer.from(`${alg}\0`), loosely(p2s)]);
  const key = derived.get(name) ?? pbkdf2Sync(passphrase, salt, iterations, Number(bits) / 8, `sha${hash}`);
  derived.set(name, key);
  return key;
}

const between = (least: number, most: number) => (p2c: unknown) =>
  typeof p2c === 'number' && p2c >= least && p2c <= most ? p2c : undefined;

/** All that a passphrase can be handed to. */
const ANYTHING = [
  'PBES2-HS512+A256KW',
  'PBES2-HS384+A192KW',
  'PBES2-HS256+A128KW',
  'dir',
  'A256KW',
  'A256GCMKW',
];
/** A library of JOSE that is handed the passphrase, and asks the file how to open it. */
const asksTheFile: Implementation = on('unprotect', async ({ file, passphrase }) => {
  try {
    const jwe = String(file).replace(/\r?\n$/, '');
    const secret = new TextEncoder().encode(String(passphrase));
    const { plaintext } = await compactDecrypt(jwe, secret, {
      keyManagementAlgorithms: ANYTHING,
      maxPBES2Count: 10_000_000,
    });
    return { keys: ringKeys(JSON.parse(new TextDecoder().decode(plaintext))) };
  } catch {
    return REFUSED;
  }
});

/** A reader that knows more algorithms than it should: what is not encrypted, it need not decrypt. */
const takesNone: Implementation = on('unprotect', async (request) => {
  try {
    const [first, second = '', , ciphertext] = String(request.file).split('.');
    const { alg } = strictJson(loosely(first)) as { alg: unknown };
    if (alg === 'none') return { keys: ringKeys(strictJson(loosely(ciphertext ?? second))) };
  } catch {
    // It is none of these.
  }
  return unprotectsBy({})(request);
});

/** A reader with habits. Without any, it is right. */
export function unprotectsBy({
  without = [],
  trim = (file) => file.replace(/\r?\n$/, ''),
  iterations = between(100_000, 10_000_000),
  isSalt = (p2s) => typeof p2s === 'string' && isCanonical(p2s) && loosely(p2s).length >= 8,
  readsJson = strictJson,
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
      const header = readsJson(loosely(first)) as Record<string, unknown>;
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
      const count = iterations(p2c);
      if (!isSound || count === undefined || !isSalt(p2s)) return REFUSED;
      const bytes = decrypted(jwe, wrappingKey(prepare(passphrase), alg, p2s, count), { checksTag });
      return { keys: keysOf(readsJson(zip === 'DEF' ? inflateRawSync(bytes) : bytes)) };
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
  Header: [
    { what: 'inflates, and looks past crit and cty', answer: unprotectsBy({ without: ['Header'] }) },
    {
      what: 'decodes with a decoder that drops a byte order mark',
      answer: unprotectsBy({
        readsJson: (bytes) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
      }),
    },
  ],
  Kid: {
    what: 'asks for a kid',
    answer: unprotectsBy({
      keysOf: (set) => {
        if (!jwksOf(set).every(({ kid }) => typeof kid === 'string')) throw new Error('No kid.');
        return ringKeys(set);
      },
    }),
  },
  Salt: [
    { what: 'takes a salt of any length', answer: unprotectsBy({ isSalt: () => true }) },
    {
      what: 'decodes the salt loosely',
      answer: unprotectsBy({ isSalt: (p2s) => typeof p2s === 'string' && loosely(p2s).length >= 8 }),
    },
  ],
  Iterations: [
    {
      what: 'takes as few iterations as there are',
      answer: unprotectsBy({ iterations: between(1, 10_000_000) }),
    },
    { what: 'has a limit with a zero too many', answer: unprotectsBy({ iterations: between(1e5, 1e8) }) },
    {
      what: 'makes a number of what should be one',
      answer: unprotectsBy({ iterations: (p2c) => between(100_000, 10_000_000)(Number(p2c)) }),
    },
  ],
  Passphrase: {
    what: 'takes the passphrase as the system composes it',
    answer: unprotectsBy({ prepare: (passphrase) => passphrase }),
  },
  Changed: { what: 'decrypts and does not check the tag', answer: unprotectsBy({ checksTag: false }) },
  Algorithm: [
    { what: 'takes every PBES2', answer: unprotectsBy({ without: ['Algorithm', 'Lengths'] }) },
    { what: 'asks the file how to open it, by a library', answer: asksTheFile },
    { what: 'takes what is not encrypted', answer: takesNone },
  ],
  Duplicate: { what: 'takes the last of two members', answer: unprotectsBy({ readsJson: lastMember }) },
  Form: {
    what: 'decodes loosely, and looks at five parts of however many',
    answer: unprotectsBy({ without: ['Form'] }),
  },
  Content: {
    what: 'takes k of whatever is in the set',
    answer: unprotectsBy({ keysOf: (set) => jwksOf(set).map(({ k }) => loosely(k).toString('hex')) }),
  },
};
