import { unprotectKeys } from '../key-file/index.js';
import type { Method } from './method.js';

/** Protected key files. The casts are safe: what is of another type is refused by what it is handed to. */
export const keyFileMethods: Readonly<Record<string, Method>> = {
  unprotect: {
    given: ['file', 'passphrase'],
    expected: ['keys'],
    answer: async ({ file, passphrase }) => {
      const { keys } = await unprotectKeys(file as string, passphrase as string);
      return { keys: keys.map((key) => key.toHex()) };
    },
  },
};
