import { CredsealError } from '../../errors.js';
import { STEAM } from '../../totp/key-uri.js';
import { TotpSecret } from '../../totp/totp-secret.js';

/** Why an account cannot be used. */
export type RefusalReason =
  | 'HOTP'
  | 'Steam'
  | 'another kind'
  | 'unsupported settings'
  | 'settings the vault cannot use'
  | 'hidden secret'
  | 'deleted'
  | 'unreadable';

/** One account of an authenticator: a secret, or why there is none that can be used. */
export type Account = UsableAccount | RefusedAccount;

interface Names {
  /** Who issued the secret; empty where nobody says so. Text from outside. */
  readonly issuer: string;
  /** Whose account it is; empty where nobody says so. Text from outside, and not for messages. */
  readonly user: string;
}

export interface UsableAccount extends Names {
  readonly secret: TotpSecret;
}

export interface RefusedAccount extends Names {
  readonly reason: RefusalReason;
  /** The error, which says the same in a sentence, and shows nothing of the secret. */
  readonly error: CredsealError;
}

/** What an export says of an account, as it stands there. */
export interface AccountFields {
  readonly issuer: string;
  readonly user: string;
  readonly secret: string;
  readonly algorithm?: string | undefined;
  readonly digits?: string | undefined;
  readonly period?: string | undefined;
}

/** What 2FAS writes where a secret should be. */
const HIDDEN = /^\W*hidden\W*$/i;

/** Makes an account of what an export says. Every check is that of a key URI. */
export function accountOf({ issuer, user, secret, ...settings }: AccountFields): Account {
  const names = { issuer, user: withoutPrefix(user, issuer) };
  if (secret === '') return refused(names, 'unreadable', 'The account has no secret.');
  if (HIDDEN.test(secret)) {
    const message =
      'The authenticator wrote no secret into its export, only that it is hidden. Export with the secrets.';
    return refused(names, 'hidden secret', message);
  }
  const parameters = Object.entries({ secret, issuer, ...settings }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  // A text may end in the middle of a character, which no URI can hold.
  const encoded = (text: string | undefined = '') => encodeURIComponent(text.replace(/\p{Cs}/gu, '\uFFFD'));
  const label = names.issuer === '' ? encoded(names.user) : `${encoded(issuer)}:${encoded(names.user)}`;
  const query = parameters.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
  return accountOfUri(`otpauth://totp/${label}?${query}`, names);
}

/**
 * Makes an account of a key URI.
 *
 * @param names what the export says beside it: for what the URI does not tell.
 */
export function accountOfUri(uri: string, names: Names = { issuer: '', user: '' }): Account {
  try {
    const secret = TotpSecret.parse(uri);
    return { issuer: secret.issuer ?? names.issuer, user: secret.label ?? names.user, secret };
  } catch (error) {
    return refusedFor(names.issuer === '' ? namesIn(uri) : names, error);
  }
}

/** An account that cannot be used, for a reason that is known before its secret is read. */
export function refused(names: Names, reason: RefusalReason, message: string): RefusedAccount {
  const isMalformed = reason === 'unreadable' || reason === 'hidden secret';
  const error = new CredsealError(isMalformed ? 'ERR_TOTP_FORMAT' : 'ERR_TOTP_UNSUPPORTED', message);
  return { ...names, reason, error };
}

/** An account whose secret was refused. */
export function refusedFor(names: Names, error: unknown): RefusedAccount {
  if (!(error instanceof CredsealError)) throw error;
  return { ...names, reason: reasonOf(error), error };
}

function reasonOf({ code, message }: CredsealError): RefusalReason {
  if (code !== 'ERR_TOTP_UNSUPPORTED') return 'unreadable';
  if (message === STEAM) return 'Steam';
  return /\bHOTP\b/.test(message) ? 'HOTP' : 'unsupported settings';
}

/** Who a URI that is refused is from, as far as it can be read. */
export function namesIn(uri: string): Names {
  const issuer =
    /[?&]issuer=([^&#]*)/i.exec(uri)?.[1] ?? /^otpauth:\/\/[^/]*\/([^:?#]*)(?::|%3a)/i.exec(uri)?.[1];
  try {
    return { issuer: decodeURIComponent((issuer ?? '').replaceAll('+', ' ')).trim(), user: '' };
  } catch {
    return { issuer: '', user: '' };
  }
}

/** Some write the issuer before the user name, although it has a field of its own. */
function withoutPrefix(user: string, issuer: string): string {
  return issuer !== '' && user.startsWith(`${issuer}:`) ? user.slice(issuer.length + 1).trim() : user;
}
