// Compact JWEs (RFC 7516) by node:crypto alone, with everything fixed that is random in a real one. Nothing here comes
// from src, nor from the library that src uses: vectors that they make themselves prove nothing about them.
import {
  createCipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  pbkdf2Sync,
} from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { keptKey } from './slow-keys.js';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

function uint32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** Bytes that depend on nothing but a label. */
export function bytesOf(label, length) {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    sha256(Buffer.from(`credseal vectors: ${label}`), uint32(block)),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

const NIST = { 'P-256': ['prime256v1', 32], 'P-384': ['secp384r1', 48], 'P-521': ['secp521r1', 66] };
/** An X25519 key in PKCS #8 up to its 32 bytes (RFC 8410 section 7). */
const X25519_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

function privateMembers(curve, label) {
  if (curve === 'X25519') {
    const der = Buffer.concat([X25519_PREFIX, bytesOf(label, 32)]);
    const { crv, kty, x, d } = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
      format: 'jwk',
    });
    return { crv, kty, x, d };
  }
  const [name, length] = NIST[curve];
  const ecdh = createECDH(name);
  const d = bytesOf(label, length);
  // Below the order of the curve: the first bits of P-521's 66 bytes are none of the key.
  if (curve === 'P-521') d[0] = 0;
  ecdh.setPrivateKey(d);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 1 + length), point.subarray(1 + length)];
  return { crv: curve, kty: 'EC', x: base64url(x), y: base64url(y), d: base64url(d) };
}

/** The thumbprint of a key (RFC 7638). */
export function thumbprint({ crv, kty, x, y }) {
  return base64url(sha256(Buffer.from(JSON.stringify({ crv, kty, x, y }))));
}

/** A pair of hand-off keys that depends on nothing but a label. For vectors only: everybody knows the private ones. */
export function handoffKeys(curve, label) {
  const { d, ...publicHalf } = privateMembers(curve, label);
  const uses = { kid: thumbprint(publicHalf), alg: 'ECDH-ES+A256KW', use: 'enc' };
  return { publicJwk: { ...publicHalf, ...uses }, privateJwk: { ...publicHalf, d, ...uses } };
}

/** A number of bytes as RFC 7518 section 4.6.2 has them in the key derivation: the length before them. */
const prefixed = (bytes) => Buffer.concat([uint32(bytes.length), bytes]);

/** The Concat KDF with SHA-256, for one block of output (RFC 7518 section 4.6.2; NIST SP 800-56A section 5.8.1). */
function derivedKey(secret, algorithm, bits, { apu = '', apv = '' }) {
  const parties = [apu, apv].map((text) => prefixed(Buffer.from(text, 'base64url')));
  const derived = sha256(uint32(1), secret, prefixed(Buffer.from(algorithm)), ...parties, uint32(bits));
  return derived.subarray(0, bits / 8);
}

/** AES key wrap (RFC 3394), with its initial value. */
function wrapped(kek, cek) {
  const cipher = createCipheriv(`id-aes${kek.length * 8}-wrap`, kek, Buffer.alloc(8, 0xa6));
  return Buffer.concat([cipher.update(cek), cipher.final()]);
}

const CEK_BITS = { A128GCM: 128, A192GCM: 192, A256GCM: 256, 'A256CBC-HS512': 512 };

/** The key of PBES2 from a passphrase (RFC 7518 section 4.8); without a salt it is that of an empty one. */
function passphraseKey(passphrase, { alg, p2s = '', p2c }) {
  const [, hash, bits] = /^PBES2-HS(\d+)\+A(\d+)KW$/.exec(alg);
  const salt = Buffer.concat([Buffer.from(`${alg}\0`), Buffer.from(p2s, 'base64url')]);
  const derive = () => pbkdf2Sync(passphrase, salt, Number(p2c), bits / 8, `sha${hash}`);
  return p2c > 1_000_000 ? keptKey(JSON.stringify([passphrase, alg, p2s, p2c]), derive) : derive();
}

/** AES-GCM (RFC 7518 section 5.3). */
function encryptGcm(bytes, key, iv, additionalData) {
  const cipher = createCipheriv(`aes-${key.length * 8}-gcm`, key, iv, { authTagLength: 16 });
  cipher.setAAD(additionalData);
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return { ciphertext, tag: cipher.getAuthTag() };
}

/** AES-CBC with HMAC-SHA-512 (RFC 7518 section 5.2.5): one half of the key authenticates, the other encrypts. */
function encryptCbc(bytes, key, iv, additionalData) {
  const cipher = createCipheriv('aes-256-cbc', key.subarray(32), iv);
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()]);
  const bits = Buffer.concat([uint32(0), uint32(additionalData.length * 8)]);
  const mac = createHmac('sha512', key.subarray(0, 32));
  const tag = mac
    .update(Buffer.concat([additionalData, iv, ciphertext, bits]))
    .digest()
    .subarray(0, 32);
  return { ciphertext, tag };
}

/**
 * A token, authentic whatever is odd about it, so that it is refused for that alone.
 *
 * @param to the public key; not with PBES2 alone.
 * @param label what everything random depends on.
 * @param header members of the header: they replace those that are there, and one that is undefined is left out.
 * @param plaintext text or bytes.
 * @param write makes the text of the header.
 * @param secret of `dir`, `A256KW` and `A256GCMKW` the key, of PBES2 the passphrase.
 * @param ephemeral the ephemeral key, where it is to be another.
 */
export function makeToken({
  to,
  label,
  header: given = {},
  plaintext,
  write = JSON.stringify,
  secret,
  ephemeral,
}) {
  const pair = ephemeral ?? (to && privateMembers(to.crv, `${label}: ephemeral key`));
  const { d, ...epk } = pair ?? {};
  const all = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', epk: pair && epk, ...given };
  const header = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const { alg, enc } = header;
  const bits = CEK_BITS[enc] ?? 256;
  let cek = bytesOf(`${label}: content key`, bits / 8);
  let encryptedKey = Buffer.alloc(0);
  if (alg === 'dir') cek = secret;
  else if (alg === 'A256KW') encryptedKey = wrapped(secret, cek);
  else if (alg === 'A256GCMKW') {
    const wrapIv = bytesOf(`${label}: IV of the key`, 12);
    const { ciphertext, tag } = encryptGcm(cek, secret, wrapIv, Buffer.alloc(0));
    encryptedKey = ciphertext;
    Object.assign(header, { iv: base64url(wrapIv), tag: base64url(tag) });
  } else if (alg.startsWith('PBES2')) encryptedKey = wrapped(passphraseKey(secret, header), cek);
  else if (alg.startsWith('ECDH-ES')) {
    const agreed = diffieHellman({
      privateKey: createPrivateKey({ key: pair, format: 'jwk' }),
      publicKey: createPublicKey({ key: to, format: 'jwk' }),
    });
    const kekBits = Number(/A(\d+)KW$/.exec(alg)?.[1] ?? 0);
    if (kekBits === 0) cek = derivedKey(agreed, enc, bits, header);
    else encryptedKey = wrapped(derivedKey(agreed, alg, kekBits, header), cek);
  } else encryptedKey = bytesOf(`${label}: wrapped key`, 256); // RSA is not made here: its length is all that is right.
  const encoded = base64url(Buffer.from(write(header)));
  const isCbc = enc === 'A256CBC-HS512';
  const iv = bytesOf(`${label}: IV`, isCbc ? 16 : 12);
  const bytes = header.zip === 'DEF' ? deflateRawSync(plaintext) : Buffer.from(plaintext);
  const encrypt = isCbc ? encryptCbc : encryptGcm;
  const { ciphertext, tag } = encrypt(bytes, cek, iv, Buffer.from(encoded));
  return [encoded, ...[encryptedKey, iv, ciphertext, tag].map(base64url)].join('.');
}
