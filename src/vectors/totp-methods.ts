import { TotpSecret } from '../totp/totp-secret.js';
import type { Method } from './method.js';

/** TOTP secrets and their codes. Times are in seconds, as in RFC 6238. */
export const totpMethods: Readonly<Record<string, Method>> = {
  parseTotp: {
    given: ['secret'],
    expected: ['base32', 'bits', 'algorithm', 'digits', 'period', 'issuer', 'label'],
    answer: ({ secret }) => settingsOf(TotpSecret.parse(secret as string)),
  },
  totpCode: {
    given: ['secret', 'time'],
    expected: ['token'],
    answer: ({ secret, time }) => ({
      token: TotpSecret.parse(secret as string).code(
        typeof time === 'number' ? time * 1000 : (time as number),
      ),
    }),
  },
  parseMigration: {
    given: ['uri'],
    expected: ['secrets', 'batch'],
    answer: ({ uri }) => {
      const { secrets, batch } = TotpSecret.parseMigration(uri as string);
      return { secrets: secrets.map(settingsOf), batch };
    },
  },
};

function settingsOf({ base32, bits, algorithm, digits, period, issuer, label }: TotpSecret) {
  return {
    base32,
    bits,
    algorithm,
    digits,
    period,
    ...(issuer !== undefined && { issuer }),
    ...(label !== undefined && { label }),
  };
}
