import { hexToBytes } from '@noble/ciphers/utils.js';
import { VaultKey } from '../key/vault-key.js';
import { openValue, sealValueWithIv } from '../value/sealed-value.js';
import type { Method } from './method.js';

/** Keys and values. The casts are safe: what is of another type is refused by what it is handed to. */
export const valueMethods: Readonly<Record<string, Method>> = {
  seal: {
    given: ['key', 'iv', 'value', 'padTo'],
    expected: ['sealed'],
    answer: ({ key, iv, value, padTo }) => ({
      sealed: sealValueWithIv(
        value as string,
        VaultKey.fromHex(key as string),
        hexToBytes(iv as string),
        padTo as number | undefined,
      ),
    }),
  },
  open: {
    given: ['key', 'sealed'],
    expected: ['value'],
    answer: ({ key, sealed }) => ({ value: openValue(sealed as string, VaultKey.fromHex(key as string)) }),
  },
  parseKey: {
    given: ['hex'],
    expected: ['key'],
    answer: ({ hex }) => ({ key: VaultKey.fromHex(hex as string).toHex() }),
  },
  parseJwk: {
    given: ['jwk'],
    expected: ['key'],
    answer: ({ jwk }) => ({ key: VaultKey.fromJwk(jwk as object).toHex() }),
  },
  fingerprint: {
    given: ['hex'],
    expected: ['fingerprint'],
    answer: ({ hex }) => ({ fingerprint: VaultKey.fromHex(hex as string).fingerprint }),
  },
};
