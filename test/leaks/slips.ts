import { KeyRing, TotpSecret, VaultKey } from '../../src/index.js';
import { jwkOf, sealBytes } from '../cli/sealing.js';
import { account, migrationUri } from '../totp/migration-payload.js';
import type { Need } from './calls.js';
import { MARKED_KEY, MARKER, ODD_MARKER, OLD_MARKED_KEY } from './marker.js';

/**
 * What is no string, number or object that anybody meant, with the marker wherever it can hide, but for the names of
 * members: a misspelt name is shown.
 */
export function wrongTypes(): unknown[] {
  const cyclic: Record<string, unknown> = { marker: MARKER };
  cyclic.self = cyclic;
  return [
    undefined,
    null,
    true,
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    10n,
    BigInt(`0x${MARKER}`),
    Symbol(MARKER),
    () => MARKER,
    Object.assign(class {}, { marker: MARKER }),
    [],
    [MARKER],
    [[MARKER], { marker: MARKER }],
    {},
    { marker: MARKER },
    cyclic,
    Object.create(null),
    new Date(Number.NaN),
    new Map([[MARKER, MARKER]]),
    new Set([MARKER]),
    /x/,
    new Uint8Array(31),
    Buffer.from(MARKER),
    new String(MARKER),
    new Error(MARKER),
    Promise.resolve(MARKER),
    new URL(`https://${MARKER}.example`),
    { toString: () => MARKER, toJSON: () => MARKER },
    {
      toString() {
        throw new TypeError('no string');
      },
    },
    { [Symbol.iterator]: MARKER },
    { length: 1, 0: MARKER },
    new Proxy({ marker: MARKER }, {}),
    destroyedKey(),
    TotpSecret.parse(MARKER),
  ];
}

export const destroyedKey = (): VaultKey => {
  const key = VaultKey.fromHex(MARKED_KEY);
  key.destroy();
  return key;
};

/** Texts that are almost what was meant, or belong somewhere else, and are secret all the same. */
export function wrongTexts(): string[] {
  const sealed = sealBytes(`"${MARKER}"`, OLD_MARKED_KEY);
  return [
    '',
    MARKER,
    ODD_MARKER,
    ` ${MARKER}\n`,
    `${MARKER}\r\nx-header: ${MARKER}`,
    `${MARKER}\0\u2028\ud800`,
    MARKER.slice(1),
    `${MARKER}1`,
    MARKED_KEY,
    `${MARKED_KEY}\n`,
    `${MARKED_KEY}00`,
    MARKED_KEY.slice(1),
    MARKED_KEY.replace('5', 'g'),
    jwkOf(MARKED_KEY).k,
    JSON.stringify(jwkOf(MARKED_KEY)),
    sealed,
    sealed.toUpperCase(),
    sealed.slice(2),
    sealed.slice(1),
    `${sealed.slice(0, -24)}${'z'.repeat(24)}`,
    MARKER.repeat(4),
    sealBytes(`"${MARKER}"`, MARKED_KEY),
    sealBytes(MARKER, MARKED_KEY),
    sealBytes(`"${MARKER}`, MARKED_KEY),
    sealBytes(`{"password":"${MARKER}"}`, MARKED_KEY),
    sealBytes(`"${sealBytes(`"${MARKER}"`, MARKED_KEY)}"`, MARKED_KEY),
    sealBytes(JSON.stringify(` ${MARKER}1`), MARKED_KEY),
    sealBytes(JSON.stringify(ODD_MARKER), '9'.repeat(64)),
    `{"password":"${MARKER}"`,
    `[at position ${MARKER}]`,
    `otpauth://totp/${MARKER}?secret=${MARKER}1`,
    `otpauth://totp/${MARKER}?secret=${MARKER}&digits=9`,
    `otpauth://totp/${MARKER}?secret=${MARKER}&secret=${MARKER}`,
    `otpauth://totp/${MARKER}?secret=%${MARKER}%zz`,
    `otpauth://totp/x?secret=${MARKER}&algorithm=SHA256`,
    `otpauth://hotp/${MARKER}?secret=${MARKER}&counter=1`,
    `otpauth://${MARKER}/x?secret=${MARKER}`,
    `steam://${MARKER}`,
    `${MARKER}://${MARKER}`,
    migrationUri(account({ secret: Buffer.from(MARKER), name: MARKER, type: 1 })),
    migrationUri([...account({ secret: Buffer.from(MARKER), name: MARKER }), 0xff]),
    migrationUri(account({ secret: [], name: MARKER, issuer: MARKER })),
    `otpauth-migration://offline?data=${MARKER}!`,
    `https://ada:${MARKER}@example.com/`,
    `https://example.com/?token=${MARKER}#${MARKER}`,
    `https://${MARKER} .example`,
    `http://${MARKER}.example`,
    `javascript:${MARKER}`,
    `${MARKER} days`,
    `P${MARKER}D`,
    `{ days: ${MARKER} }`,
  ];
}

/** Whether a value is what an argument has to be, in type at least. */
export function meets(need: Need | undefined, value: unknown): boolean {
  if (need === undefined) return true;
  if (need === 'string') return typeof value === 'string';
  if (need === 'payload') return typeof value === 'object' && value !== null;
  if (need === 'function') return typeof value === 'function';
  if (need === 'bytes') return value instanceof Uint8Array && value.length === 32;
  if (need === 'key')
    return value instanceof KeyRing || (value instanceof VaultKey && String(value) !== 'VaultKey(destroyed)');
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
