import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import type { VaultOperation } from './event.js';

/** What the vault means by a status, in words of ours; by call and status where the call makes a difference. */
const BY_STATUS: Readonly<Record<string, string>> = {
  400: 'The vault finds the entry malformed (400).',
  401: 'The vault refuses the API key, or the key that the entry is sealed under (401).',
  403: 'The API key may not do this (403).',
  404: 'The vault has no such entry (404).',
  'create 404':
    'The vault does not know the address, or something that the entry refers to (404): check the base URL.',
  'update 404': 'The vault has no such entry to update (404): create it, or upsert it.',
  'list 404': 'The vault does not know the address (404): check the base URL.',
  'tfaCode 404':
    'The vault has no code (404): there is no such entry, or no fresh e-mail with a code. Wait for the e-mail, and try again.',
  'create 409': 'An entry with this name exists already (409): update it, or upsert it.',
  'tfaCode 409':
    'The vault gives no code for this entry (409): its codes come by SMS or magic link, or not at all.',
  413: 'The entry is too large for the vault (413).',
  422: 'The vault finds the entry malformed (422).',
};

/** Sentences of vaults that say more than the status, and hold nothing that was sent. They are compared whole. */
const HARMLESS: readonly string[] = [
  'Invalid API key',
  'Missing API key',
  'The API key is missing or wrong: send the header cc-key with the key that this vault was started with',
  'Domain must be a valid URL',
];

/**
 * The error of an answer that refuses a call: a sentence for its status, and of the vault's own message nothing but one of
 * a few known sentences. The vault knows credentials and API key, and nobody has promised that it repeats neither; in
 * how many ways a secret can be written (in part, escaped, encoded) nobody can list.
 *
 * @param answer the JSON of the answer, if it had any.
 */
export function refusedBy(status: number, operation: VaultOperation, answer?: unknown): CredsealError {
  const known = BY_STATUS[`${operation} ${status}`] ?? BY_STATUS[status] ?? `The vault answers ${status}.`;
  const words = status < 400 ? redirects(status) : known;
  const said = harmlessIn(answer);
  const message = said === undefined ? words : `${words} It says: ${said}.`;
  return new CredsealError('ERR_VAULT_REFUSED', message, { status });
}

/** The error of an answer that is none of the vault's. */
export function noVault(status: number): CredsealError {
  return new CredsealError('ERR_VAULT_REFUSED', 'The answer is not from a vault: check the base URL.', {
    status,
  });
}

/** Where a browser follows no redirect, it does not tell the status either. */
function redirects(status: number): string {
  const which = status === 0 ? '' : ` (${status})`;
  return `The vault redirects${which}, which is not followed: check the base URL.`;
}

/** The sentence as it is known here, never as it came. */
function harmlessIn(answer: unknown): string | undefined {
  const said = isObject(answer) ? (answer.message ?? answer.error) : undefined;
  if (typeof said !== 'string') return undefined;
  const plain = inOneForm(said);
  return HARMLESS.find((sentence) => inOneForm(sentence) === plain);
}

const inOneForm = (text: string) => text.trim().replaceAll(/\s+/g, ' ').replace(/\.$/, '').toLowerCase();
