import type { EntryRef } from '../entry/fields.js';
import type { KeyRing } from '../key/key-ring.js';
import { TotpSecret } from '../totp/totp-secret.js';
import { openValue } from '../value/sealed-value.js';
import { Refusal } from './refusal.js';
import type { StoredRecord } from './stored-record.js';

/** How long an e-mail code is fresh. The vault has such a window, and nobody documents its length. */
const FRESH_MS = 10 * 60_000;

/** What the vault answers to `GET /vault/tfa-code`. */
export interface TfaCode {
  readonly type: 'authenticator' | 'email';
  readonly code: string;
  readonly expires_in_seconds?: number;
  readonly received_at?: string;
}

/** An e-mail with a code, as it came in. */
export interface EmailCode {
  readonly code: string;
  readonly received: number;
}

/**
 * The current code of an entry.
 *
 * @param emailCode the last one that came in.
 * @throws Refusal 404 if there is no fresh e-mail code; 409 if there is no code to be had
 */
export function currentCode(
  { fields }: StoredRecord,
  { ring, now, emailCode }: { ring: KeyRing; now: number; emailCode: EmailCode | undefined },
): TfaCode {
  const { tfa_method: method, tfa_secret: sealed } = fields;
  if (method === 'EMAIL') {
    if (emailCode === undefined || now - emailCode.received > FRESH_MS) throw new Refusal(404, NO_FRESH_CODE);
    const { code, received } = emailCode;
    return { type: 'email', code, received_at: new Date(received).toISOString() };
  }
  if (method === 'SMS' || method === 'MAGIC_LINK') {
    throw new Refusal(
      409,
      `Codes of tfa_method ${method} cannot be asked for: only AUTHENTICATOR and EMAIL can.`,
    );
  }
  if (typeof sealed !== 'string') throw new Refusal(409, noSecret(fields));
  const secret = TotpSecret.parse(openValue(sealed, ring));
  return { type: 'authenticator', code: secret.code(now), expires_in_seconds: secret.secondsLeft(now) };
}

const NO_FRESH_CODE =
  'No fresh e-mail code has come in. Wait and ask again; in a test, put one there first: putEmailCode, or POST /emulator/email-code.';

function noSecret({ secret_provider_id: provider }: EntryRef & Record<string, unknown>): string {
  return provider === undefined
    ? 'This entry has no second factor: it has no tfa_secret. Update it with tfa_method and tfa_secret.'
    : 'This entry has its secret at a provider, which the local vault does not ask.';
}
