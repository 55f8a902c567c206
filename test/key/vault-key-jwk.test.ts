import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { expectHidden, refusal } from '../refusal.js';

const HEX = 'c0ffee0123456789abcdef9876543210fedcba55aa55aa1177dd22ee33ff4488';
const BYTES = Buffer.from(HEX, 'hex');
const K = BYTES.toString('base64url');

describe('fromJwk', () => {
  const SPECIAL = Buffer.alloc(32, 'fbff', 'hex');

  test.each<[string, object]>([
    ['kty and k', { kty: 'oct', k: K }],
    ['alg A256GCM', { kty: 'oct', k: K, alg: 'A256GCM' }],
    ['alg undefined', { kty: 'oct', k: K, alg: undefined }],
    [
      'members that are not of the key itself',
      { kty: 'oct', k: K, kid: '1', use: 'enc', key_ops: ['encrypt'], ext: true, x: 5 },
    ],
  ])('takes %s', (_, jwk) => {
    expect(VaultKey.fromJwk(jwk).toHex()).toBe(HEX);
  });

  test('takes - and _, the alphabet of base64url', () => {
    const k = SPECIAL.toString('base64url');
    expect(k).toMatch(/-.*_/);
    expect(VaultKey.fromJwk({ kty: 'oct', k }).toHex()).toBe(SPECIAL.toString('hex'));
  });

  test.each<[string, unknown]>([
    ['kty RSA', { kty: 'RSA', k: K }],
    ['kty in upper case', { kty: 'OCT', k: K }],
    ['no kty', { k: K }],
    ['alg of another size', { kty: 'oct', k: K, alg: 'A128GCM' }],
    ['alg of another use', { kty: 'oct', k: K, alg: 'HS256' }],
    ['alg in lower case', { kty: 'oct', k: K, alg: 'a256gcm' }],
    ['alg empty', { kty: 'oct', k: K, alg: '' }],
    ['alg null', { kty: 'oct', k: K, alg: null }],
    ['no k', { kty: 'oct' }],
    ['k empty', { kty: 'oct', k: '' }],
    ['padding', { kty: 'oct', k: `${K}=` }],
    ['the alphabet of standard base64', { kty: 'oct', k: SPECIAL.toString('base64').slice(0, 43) }],
    ['42 characters', { kty: 'oct', k: K.slice(1) }],
    ['44 characters', { kty: 'oct', k: `${K}A` }],
    ['16 bytes', { kty: 'oct', k: BYTES.subarray(16).toString('base64url') }],
    ['a line break behind k', { kty: 'oct', k: `${K}\n` }],
    ['a line break in the place of the last character', { kty: 'oct', k: `${K.slice(0, 42)}\n` }],
    ['k in hex', { kty: 'oct', k: HEX }],
    ['k in bytes', { kty: 'oct', k: BYTES }],
    ['k in an array', { kty: 'oct', k: [K] }],
    ['JSON text', JSON.stringify({ kty: 'oct', k: K })],
    ['an array', [{ kty: 'oct', k: K }]],
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
  ])('refuses %s', (_, jwk) => {
    const error = refusal('ERR_KEY_FORMAT', () => VaultKey.fromJwk(jwk as object));
    expectHidden(error, K);
    expectHidden(error, HEX);
  });

  test('takes one spelling of a key only: bits that belong to no byte are zero', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = [...alphabet].filter((last) => {
      try {
        return VaultKey.fromJwk({ kty: 'oct', k: K.slice(0, 42) + last });
      } catch {
        return false;
      }
    });
    expect(accepted.join('')).toBe('AEIMQUYcgkosw048');
  });
});
