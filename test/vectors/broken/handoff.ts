import { createHash, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { calculateJwkThumbprint, compactDecrypt, type DecryptOptions, type JWK } from 'jose';
import { checkEntry } from '../../../src/entry/check.js';
import { plainCredential } from '../../../src/entry/plain-credential.js';
import { type Bugs, type Implementation, lastMember, on, strictJson } from './implementation.js';
import { decrypted, holds, isCanonical, loosely, partsOf } from './jwe.js';

const REFUSED = { error: 'ERR_HANDOFF' };
const MEMBERS = ['alg', 'enc', 'typ', 'kid', 'iat', 'exp', 'jti', 'epk', 'aud'];
const KEYS_INSIDE = ['jwk', 'jku', 'x5c', 'x5u'];

type Members = Record<string, unknown>;
type Check =
  | 'Options'
  | 'PrivateKeys'
  | 'Structure'
  | 'Lengths'
  | 'Base64url'
  | 'Algorithm'
  | 'Encryption'
  | 'Compression'
  | 'Extension'
  | 'KeyInside'
  | 'UnknownMember'
  | 'Type'
  | 'Duplicate'
  | 'EphemeralKey'
  | 'TokenId'
  | 'Audience'
  | 'Clock';

/** What an opener does otherwise. */
interface Habits {
  readonly without?: readonly Check[];
  readonly isToken?: (token: string) => boolean;
  /** The keys to try, of those that were given. */
  readonly choose?: (keys: readonly JWK[], kid: unknown) => readonly JWK[] | Promise<readonly JWK[]>;
  readonly decrypt?: (token: string, key: JWK) => Promise<Uint8Array> | Uint8Array;
  readonly read?: (plaintext: Buffer) => unknown;
  readonly checksEntry?: boolean;
}

const isSeconds = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isAudience = (value: unknown) => typeof value === 'string' && value.length >= 1 && value.length <= 256;
const is32Bytes = (value: unknown) => typeof value === 'string' && value.length === 43 && isCanonical(value);

/** How many members have a name in a JSON text. */
const namesIn = (json: string) => json.match(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)?.length;

function isPublicKey({ kty, crv, x, y }: Members): boolean {
  if (crv === 'P-256') return kty === 'EC' && is32Bytes(x) && is32Bytes(y);
  return crv === 'X25519' && kty === 'OKP' && is32Bytes(x);
}

function isPrivateKey(key: Members): boolean {
  const { alg = 'ECDH-ES+A256KW', use = 'enc', d } = Object(key) as Members;
  return isPublicKey(Object(key)) && is32Bytes(d) && alg === 'ECDH-ES+A256KW' && use === 'enc';
}

/** The keys of a set, or the one that is there, without what they say about themselves. */
function bareKeys(privateKeys: unknown): JWK[] {
  const { keys = [privateKeys] } = Object(privateKeys) as { keys?: unknown };
  return (keys as JWK[]).map(({ kty, crv, x, y, d }) => ({ kty, crv, x, ...(y && { y }), d }) as JWK);
}

async function namedKeys(keys: readonly JWK[], kid: unknown): Promise<readonly JWK[]> {
  const names = await Promise.all(keys.map((key) => calculateJwkThumbprint(key).catch(() => '')));
  return keys.filter((_, index) => names[index] === kid);
}

/** `jose` with a key and no more said. */
const byJose =
  (options: DecryptOptions = {}) =>
  async (token: string, key: JWK) =>
    (await compactDecrypt(token, key, options)).plaintext;

/** Node's own cryptography, with the key agreement of RFC 7518 section 4.6. */
const byNode =
  (habits: { checksTag?: boolean } = {}) =>
  (token: string, key: JWK) => {
    const { epk } = JSON.parse(String(loosely(partsOf(token).header))) as { epk: JWK };
    const agreed = diffieHellman({
      privateKey: createPrivateKey({ key, format: 'jwk' }),
      publicKey: createPublicKey({ key: epk, format: 'jwk' }),
    });
    const alg = Buffer.from('ECDH-ES+A256KW');
    // Round 1; the length and text of alg; no apu and no apv; 256 bits.
    const info = Buffer.from([0, 0, 0, 14, ...alg, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    const wrappingKey = createHash('sha256')
      .update(Buffer.of(0, 0, 0, 1))
      .update(agreed)
      .update(info)
      .digest();
    return decrypted(token, wrappingKey, habits);
  };

/** An opener with habits. Without any, it is right. */
export function opensTokensBy({
  without = [],
  isToken = () => true,
  choose = namedKeys,
  decrypt = byJose(),
  read = strictJson,
  checksEntry = true,
}: Habits): Implementation {
  return on('openHandoff', async ({ token, privateKeys, now, maxAge, audience }) => {
    if (typeof token !== 'string' || !isToken(token)) return REFUSED;
    let entry: unknown;
    try {
      const parts = partsOf(token);
      const lengths = [parts.wrappedKey, parts.iv, parts.tag].map((part) => loosely(part).length);
      const text = loosely(parts.header).toString();
      const header = JSON.parse(text.replace(/^\ufeff/, '')) as Members;
      const { alg, enc, typ, kid, iat, exp, jti, epk, aud } = header;
      const time = now as number;
      const given = Object(privateKeys) as { keys?: unknown };
      const isSound = holds<Check>(
        {
          Options: () =>
            isSeconds(maxAge) && maxAge !== 0 && (audience === undefined || isAudience(audience)),
          PrivateKeys: () =>
            'keys' in given
              ? Array.isArray(given.keys) && given.keys.every(isPrivateKey)
              : isPrivateKey(given),
          Structure: () =>
            token.split('.').length === 5 && !text.startsWith('\ufeff') && parts.header.length <= 4096,
          Lengths: () => lengths.join() === '40,12,16' && parts.ciphertext !== '',
          Base64url: () => token.split('.').every(isCanonical),
          Algorithm: () => alg === 'ECDH-ES+A256KW' && !('p2c' in header || 'p2s' in header),
          Encryption: () => enc === 'A256GCM',
          Compression: () => !('zip' in header),
          Extension: () => !('crit' in header),
          KeyInside: () => !KEYS_INSIDE.some((name) => name in header),
          UnknownMember: () =>
            Object.keys(header).every((name) =>
              [...MEMBERS, ...KEYS_INSIDE, 'zip', 'crit', 'p2c', 'p2s'].includes(name),
            ),
          Type: () => typ === 'credseal-handoff+jwe',
          Duplicate: () => namesIn(text) === namesIn(JSON.stringify(header)),
          EphemeralKey: () =>
            isPublicKey(Object(epk)) &&
            Object.keys(Object(epk)).every((name) => ['kty', 'crv', 'x', 'y'].includes(name)),
          TokenId: () => typeof jti === 'string' && /^[\w-]{16,64}$/.test(jti),
          Audience: () => aud === audience && (aud === undefined || isAudience(aud)),
          Clock: () =>
            isSeconds(iat) &&
            isSeconds(exp) &&
            (iat as number) < (exp as number) &&
            time < (exp as number) &&
            !(time - (iat as number) > Number(maxAge ?? Number.POSITIVE_INFINITY)) &&
            (iat as number) - time <= 60,
        },
        without,
      );
      if (!isSound) return REFUSED;
      const plaintext = await firstOf(await choose(bareKeys(privateKeys), kid), (key) => decrypt(token, key));
      entry = read(Buffer.from(plaintext));
    } catch {
      return REFUSED;
    }
    const rules = { operation: 'create', allowUnknown: [], credential: plainCredential([]) } as const;
    const issues = checksEntry ? checkEntry(entry, rules).issues : [];
    return issues.length > 0
      ? { error: 'ERR_ENTRY_INVALID', issues: issues.map(({ path, rule }) => ({ path, rule })) }
      : { entry };
  });
}

async function firstOf<Key, Result>(
  keys: readonly Key[],
  work: (key: Key) => Promise<Result> | Result,
): Promise<Result> {
  for (const key of keys.slice(0, -1)) {
    try {
      return await work(key);
    } catch {
      // Try the next one.
    }
  }
  return work(keys.at(-1) as Key);
}

const missing = (what: string, ...without: Check[]) => ({ what, answer: opensTokensBy({ without }) });

export const handoffTokens: Bugs = {
  Basic: {
    what: 'knows P-256 only',
    answer: opensTokensBy({
      choose: async (keys, kid) =>
        namedKeys(
          keys.filter(({ y }) => y),
          kid,
        ),
    }),
  },
  NonAscii: {
    what: 'reads Latin-1',
    answer: opensTokensBy({ read: (plaintext) => JSON.parse(plaintext.toString('latin1')) }),
  },
  Plaintext: {
    what: 'decodes with a decoder that drops a byte order mark',
    answer: opensTokensBy({
      read: (plaintext) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext)),
    }),
  },
  HeaderForm: {
    what: 'knows a token by how its own begin',
    answer: opensTokensBy({
      isToken: (token) => token.startsWith('eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00i'),
    }),
  },
  TokenId: missing('does not look at jti', 'TokenId'),
  Audience: missing('does not look at aud', 'Audience'),
  KeySet: {
    what: 'takes the first key of a set',
    answer: opensTokensBy({ choose: async (keys, kid) => namedKeys(keys.slice(0, 1), kid) }),
  },
  Clock: missing('has no clock', 'Clock'),
  Algorithm: missing('takes every alg that jose takes with its key', 'Algorithm', 'Lengths'),
  Encryption: missing('takes every enc that jose takes', 'Encryption', 'Lengths'),
  Compression: missing('lets jose inflate', 'Compression'),
  Extension: {
    what: 'tells jose that it knows what crit names',
    answer: opensTokensBy({ without: ['Extension'], decrypt: byJose({ crit: { exp: true } }) }),
  },
  KeyInside: missing('looks past a key inside', 'KeyInside'),
  UnknownMember: missing('looks past members that it does not know', 'UnknownMember'),
  Type: missing('takes a token that was made for something else', 'Type'),
  Duplicate: [
    missing('takes the last of two members of the header, as JSON.parse', 'Duplicate'),
    {
      what: 'takes the last of two members of the entry, as JSON.parse',
      answer: opensTokensBy({ read: lastMember }),
    },
  ],
  KeyId: {
    what: 'tries every key, whatever kid says',
    answer: opensTokensBy({ choose: (keys) => keys }),
  },
  EphemeralKey: missing('leaves epk to jose', 'EphemeralKey'),
  Structure: missing('has no longest header, and drops a byte order mark', 'Structure'),
  ShortTag: {
    what: 'decrypts by node:crypto, with a tag as long as it comes',
    answer: opensTokensBy({ without: ['Lengths'], decrypt: byNode() }),
  },
  Base64url: missing('decodes loosely', 'Base64url'),
  Changed: {
    what: 'decrypts and does not check the tag',
    answer: opensTokensBy({ decrypt: byNode({ checksTag: false }) }),
  },
  PrivateKeys: missing('looks at no key but the one that it needs', 'PrivateKeys'),
  Options: missing('takes text for a number, and a maxAge of null for no limit', 'Options'),
  Entry: {
    what: 'does not hold the entry against the field table',
    answer: opensTokensBy({ checksEntry: false }),
  },
};
