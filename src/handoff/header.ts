import { decode } from 'jose/base64url';
import { indexOfDuplicateMember } from '../duplicate-member.js';
import type { HandoffReason } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import { ALGORITHM, ENCRYPTION, handoffError, isAudience, MAX_ENTRY_BYTES, TYPE } from './format.js';
import { isCoordinate, type PublicMembers, publicMembers } from './jwk.js';

/** The longest header, in characters of base64url. */
const MAX_HEADER = 4096;
/** The longest token: header, wrapped key, IV and tag are 4,192 characters, and 3 bytes are 4 digits. */
export const MAX_TOKEN = MAX_HEADER + 96 + Math.ceil((MAX_ENTRY_BYTES * 4) / 3);

// Base64url as RFC 7515 section 2 has it, without padding, and canonical: where bits are left over they are zero, so
// that a token has one spelling only. 40 bytes of wrapped key leave four, 12 of IV none, 16 of tag four.
const WRAPPED_KEY = /^[\w-]{53}[AQgw]$/;
const IV = /^[\w-]{16}$/;
const TAG = /^[\w-]{21}[AQgw]$/;
const BASE64URL = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

const TOKEN_ID = /^[\w-]{16,64}$/;

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The protected header of a token, checked. */
export interface HandoffHeader {
  readonly kid: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  readonly aud?: string;
  readonly epk: PublicMembers;
}

/** Members that would change what a token is, and why it is refused that has them. */
const REFUSED: Readonly<Record<string, string>> = {
  zip: 'it is compressed, which tells something of what is inside',
  crit: 'it demands extensions, and there are none',
  p2c: 'it is under a passphrase',
  p2s: 'it is under a passphrase',
  jwk: 'it brings a key of its own',
  jku: 'it points to a key of its own',
  x5c: 'it brings a certificate of its own',
  x5u: 'it points to a certificate of its own',
};

const MEMBERS = ['alg', 'enc', 'typ', 'kid', 'iat', 'exp', 'jti', 'aud', 'epk'];

/**
 * Takes a token apart as far as that goes without a key, and refuses everything that is not exactly a hand-off. Nothing
 * here is authentic yet, and no cryptography has been called.
 *
 * @throws CredsealError `ERR_HANDOFF`
 */
export function readHeader(token: unknown): HandoffHeader {
  if (typeof token !== 'string')
    throw handoffError(`A hand-off token is a text; got ${typeName(token)}.`, 'malformed');
  if (token.length > MAX_TOKEN) {
    throw refused(`${token.length} characters, where the longest has ${MAX_TOKEN}`);
  }
  const parts = token.split('.');
  if (parts.length !== 5) {
    throw refused(`a compact JWE has 5 parts between dots, and this has ${parts.length}`);
  }
  const [encoded = '', wrappedKey = '', iv = '', ciphertext = '', tag = ''] = parts;
  if (encoded.length > MAX_HEADER || !isBase64url(encoded)) {
    throw refused(`its header is not 1 to ${MAX_HEADER} characters of base64url`);
  }
  const header = checkedHeader(encoded);
  if (!WRAPPED_KEY.test(wrappedKey)) throw refused('its wrapped key is not 40 bytes of base64url');
  if (!IV.test(iv)) throw refused('its IV is not 12 bytes of base64url');
  if (!isBase64url(ciphertext)) throw refused('its ciphertext is no base64url');
  if (!TAG.test(tag)) throw refused('its tag is not 16 bytes of base64url');
  return header;
}

function checkedHeader(encoded: string): HandoffHeader {
  const text = decodedText(encoded);
  const header = text === undefined ? undefined : parsedObject(text);
  if (text === undefined || header === undefined) throw refused('its header is no JSON object');
  const { alg, enc, typ, kid, iat, exp, jti, aud, epk } = header;
  const names = Object.keys(header);
  for (const name of names) if (Object.hasOwn(REFUSED, name)) throw refused(`${REFUSED[name]} (${name})`);
  if (alg !== ALGORITHM) throw refused(`its alg is not ${ALGORITHM}, and no other is accepted`);
  if (enc !== ENCRYPTION) throw refused(`its enc is not ${ENCRYPTION}, and no other is accepted`);
  if (typ !== TYPE) throw refused(`its typ is not ${TYPE}: it was made for something else`);
  if (!names.every((name) => MEMBERS.includes(name))) {
    throw refused(`its header has other members than ${MEMBERS.join(', ')}`);
  }
  if (!isCoordinate(kid)) throw refused('its kid is no thumbprint of a key');
  if (!isTime(iat)) throw refused('its iat is no time in whole seconds');
  if (!isTime(exp)) throw refused('its exp is no time in whole seconds, and it has to have one');
  if (exp <= iat) throw refused('its exp is not after its iat');
  if (typeof jti !== 'string' || !TOKEN_ID.test(jti)) {
    throw refused('its jti is not 16 to 64 letters, digits, - and _');
  }
  if (aud !== undefined && !isAudience(aud)) throw refused('its aud is not one text of 1 to 256 characters');
  const ephemeral = isObject(epk) ? publicMembers(epk) : undefined;
  const epkNames = isObject(epk) ? Object.keys(epk) : [];
  if (ephemeral === undefined || epkNames.length !== Object.keys(ephemeral).length) {
    throw refused('its epk is no public key of P-256 or X25519, or holds more than that');
  }
  // Of two members with one name JSON.parse takes the last, and other readers the first: they would not see one token.
  if (indexOfDuplicateMember(text) !== -1) throw refused('its header has a member twice');
  return { kid, iat, exp, jti, epk: ephemeral, ...(aud === undefined ? {} : { aud }) };
}

function decodedText(base64url: string): string | undefined {
  try {
    return decoder.decode(decode(base64url));
  } catch {
    return undefined;
  }
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const object: unknown = JSON.parse(text);
    return isObject(object) ? object : undefined;
  } catch {
    return undefined;
  }
}

/** The error of a token that is refused. */
export function refused(why: string, reason: HandoffReason = 'malformed') {
  return handoffError(`The token is refused: ${why}.`, reason);
}

const isBase64url = (part: string) => part !== '' && BASE64URL.test(part);
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
