import { readFileSync } from 'node:fs';
import type { Account } from '../../../src/bulk/authenticators/account.js';
import { type AuthenticatorExport, accountsIn } from '../../../src/bulk/authenticators/read-accounts.js';

export const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
export const textOf = (name: string): string => new TextDecoder().decode(bytesOf(name));
export const read = (name: string): Promise<AuthenticatorExport> => accountsIn(bytesOf(name));
export const readText = (text: string): Promise<AuthenticatorExport> =>
  accountsIn(new TextEncoder().encode(text));

/** The accounts that every export has, as an authenticator shows them, written by hand. */
export const expected: readonly {
  issuer: string;
  user: string;
  secret: string;
  algorithm: string;
  digits: number;
  period: number;
  type: string;
}[] = JSON.parse(textOf('expected.json'));

/** An account as plain data, to be compared. */
export const plain = (account: Account) =>
  'error' in account
    ? { issuer: account.issuer, reason: account.reason }
    : {
        issuer: account.issuer,
        user: account.user,
        secret: account.secret.base32,
        algorithm: account.secret.algorithm,
        digits: account.secret.digits,
        period: account.secret.period,
      };
