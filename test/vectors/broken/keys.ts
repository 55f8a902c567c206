import { createHash, hkdfSync } from 'node:crypto';
import { answerRequest } from '../../../src/vectors/index.js';
import { type Bugs, given, type Implementation, on, stringly } from './implementation.js';

const read = (change: (hex: string) => string) => given('parseKey', 'hex', change);
const LAST_DIGITS = /[AEIMQUYcgkosw048]$/;

/** Reads k by a decoder, and no more of the JWK than these checks look at. */
const jwkBy = (isFine: (jwk: Record<string, unknown>, k: string) => boolean): Implementation =>
  on('parseJwk', ({ jwk }) => {
    const members = Object(jwk) as Record<string, unknown>;
    const { k } = members;
    return typeof k === 'string' && isFine(members, k)
      ? { key: Buffer.from(k, 'base64url').toString('hex') }
      : { error: 'ERR_KEY_FORMAT' };
  });
const is32Bytes = (k: string) => Buffer.from(k, 'base64url').length === 32;
const isRightKind = ({ kty, alg = 'A256GCM' }: Record<string, unknown>) => kty === 'oct' && alg === 'A256GCM';

export const keys: Bugs = {
  Hex: {
    what: 'takes the text for the key',
    answer: on('parseKey', ({ hex }) => ({ key: Buffer.from(String(hex)).toString('hex') })),
  },
  HexCase: {
    what: 'keeps the case',
    answer: on('parseKey', async (request) => {
      const answer = await answerRequest(request);
      return answer.error === undefined ? { key: request.hex } : answer;
    }),
  },
  LeadingZeros: {
    what: 'reads a number',
    answer: on('parseKey', async (request) => {
      const answer = await answerRequest(request);
      return answer.error === undefined ? { key: BigInt(`0x${request.hex}`).toString(16) } : answer;
    }),
  },
  TooLong: { what: 'takes 65 digits and more', answer: read((hex) => hex.slice(0, 64)) },
  TooShort: { what: 'pads with zeros', answer: read((hex) => hex.padEnd(64, '0')) },
  WhiteSpace: { what: 'trims', answer: read((hex) => hex.trim()) },
  TrailingJunk: {
    what: 'decodes by Buffer.from(…, "hex"), which stops at a stranger',
    answer: read((hex) => Buffer.from(hex, 'hex').toString('hex')),
  },
  StrangeDigit: { what: 'reads strangers as 0', answer: read((hex) => hex.replaceAll(/[^0-9a-f]/gi, '0')) },
  Prefix: { what: 'takes 0x away', answer: read((hex) => hex.replace(/^0x/, '')) },
  UnicodeDigit: { what: 'reads fullwidth digits', answer: read((hex) => hex.normalize('NFKC')) },
  Encoding: {
    what: 'takes base64 of 32 bytes as well',
    answer: read((hex) => {
      const bytes = Buffer.from(hex, 'base64');
      return bytes.length === 32 ? bytes.toString('hex') : hex;
    }),
  },
  NotAString: { what: 'makes a string of what it is given', answer: stringly('parseKey', 'hex') },
  Jwk: {
    what: 'asks for alg',
    answer: jwkBy((jwk, k) => jwk.kty === 'oct' && jwk.alg === 'A256GCM' && is32Bytes(k)),
  },
  JwkMembers: { what: 'looks at k alone', answer: jwkBy((_, k) => is32Bytes(k)) },
  JwkLength: { what: 'takes any number of bytes', answer: jwkBy((jwk) => isRightKind(jwk)) },
  JwkEncoding: { what: 'decodes loosely', answer: jwkBy((jwk, k) => isRightKind(jwk) && is32Bytes(k)) },
  JwkTrailingBits: {
    what: 'does not look at the last two bits',
    answer: jwkBy(
      (jwk, k) => isRightKind(jwk) && /^[\w-]{43}$/.test(k) && (LAST_DIGITS.test(k) || is32Bytes(k)),
    ),
  },
  JwkNotText: {
    what: 'takes the JSON text of a JWK',
    answer: on('parseJwk', (request) => {
      const { jwk } = request;
      return answerRequest(
        typeof jwk === 'string' && jwk.startsWith('{') ? { ...request, jwk: JSON.parse(jwk) } : request,
      );
    }),
  },
};

const fingerprintBy = (make: (hex: string) => string): Implementation =>
  on('fingerprint', async (request) => {
    const answer = await answerRequest(request);
    return answer.error === undefined ? { fingerprint: make(String(request.hex)) } : answer;
  });
const hkdf = (bytes: Uint8Array) =>
  Buffer.from(hkdfSync('sha256', bytes, '', 'credseal/v1/key-fingerprint', 8)).toString('hex');

export const fingerprints: Bugs = {
  Derivation: {
    what: 'is a plain hash of the key',
    answer: fingerprintBy((hex) =>
      createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex').slice(0, 16),
    ),
  },
  HexCase: { what: 'is of the text', answer: fingerprintBy((hex) => hkdf(Buffer.from(hex))) },
  EveryByte: {
    what: 'is of half of the key',
    answer: fingerprintBy((hex) => hkdf(Buffer.from(hex, 'hex').subarray(0, 16))),
  },
  MalformedKey: {
    what: 'does not check the key',
    answer: on('fingerprint', ({ hex }) => ({ fingerprint: hkdf(Buffer.from(String(hex), 'hex')) })),
  },
};
