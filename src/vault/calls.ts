import type { EntryRef } from '../entry/fields.js';
import type { StoredEntry } from '../entry/open-entry.js';
import type { SealedEntry } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import { isAbout, isSamePayload } from './answer.js';
import type { TfaCode } from './client-types.js';
import type { VaultOperation } from './event.js';
import { type Ends, type Exchange, exchange, type Reply } from './exchange.js';
import { noVault, refusedBy } from './refusal.js';

/**
 * The calls of the vault API with sealed payloads: what is sent, and which answers are one. Each throws
 * `ERR_VAULT_REFUSED`, `ERR_VAULT_UNREACHABLE`, or the reason of the signal.
 */

/** The entry under this name; undefined if there is none. */
export async function getEntry(ref: EntryRef, how: Exchange, ends?: Ends): Promise<StoredEntry | undefined> {
  const reply = await exchange({ operation: 'get', ref, request: how.vault.get(ref) }, how, ends);
  return reply.status === 404 ? undefined : entryIn(reply, ref, 'get');
}

/**
 * Creates an entry. A conflict with an entry of these very sealed values is none: an earlier attempt was heard, and its
 * answer was lost. They are random, so that no other entry has them.
 *
 * @param sentBefore whether an earlier run may have sent this payload: then a conflict is looked into at once.
 */
export async function createEntry(
  payload: SealedEntry,
  how: Exchange,
  ends?: Ends,
  sentBefore = false,
): Promise<{ stored: StoredEntry; isNew: boolean }> {
  const request = how.vault.request('POST', '/vault', payload);
  const reply = await exchange({ operation: 'create', ref: payload, request }, how, ends);
  if (reply.status === 409 && (reply.mayBeHeard || sentBefore)) {
    const stored = await lookUp(payload, how, ends);
    if (isSamePayload(stored, payload)) return { stored, isNew: false };
  }
  return { stored: entryIn(reply, payload, 'create'), isNew: true };
}

/** What is there under a name that a create has met; a vault that does not say leaves it open whether it is this one. */
async function lookUp(payload: SealedEntry, how: Exchange, ends?: Ends): Promise<StoredEntry> {
  const asked = 'An entry with this name exists already (409). When asked for that entry, the vault answers';
  try {
    const stored = await getEntry(payload, how, ends);
    if (stored !== undefined) return stored;
  } catch (error) {
    if (!(error instanceof CredsealError) || error.status === undefined) throw error;
    const { code, message, status, retryAfter } = error;
    const isPassing = status === 429 || status >= 500;
    // Where it was asked again and again, the message says so behind the status.
    const said = isPassing ? message.replace(/^The vault answers/, '') : ` ${status}.`;
    throw new CredsealError(code, `${asked}${said}`, {
      status: isPassing ? status : 409,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
  throw new CredsealError('ERR_VAULT_REFUSED', `${asked} 404.`, { status: 409 });
}

/** Updates an entry. */
export async function updateEntry(payload: SealedEntry, how: Exchange, ends?: Ends): Promise<StoredEntry> {
  const request = how.vault.request('PUT', '/vault', payload);
  return entryIn(
    await exchange({ operation: 'update', ref: payload, request }, how, ends),
    payload,
    'update',
  );
}

/** @returns false if there was no such entry. One that is gone after an attempt without an answer was deleted by that. */
export async function deleteEntry(ref: EntryRef, how: Exchange, ends?: Ends): Promise<boolean> {
  const request = how.vault.refRequest('DELETE', '/vault', ref);
  const reply = await exchange({ operation: 'delete', ref, request }, how, ends);
  if (reply.status === 404) return reply.mayBeHeard;
  succeeded(reply, 'delete');
  return true;
}

export async function clearBrowserState(ref: EntryRef, how: Exchange, ends?: Ends): Promise<void> {
  const request = how.vault.refRequest('PATCH', '/vault/clear-browser-state', ref);
  succeeded(await exchange({ operation: 'clearBrowserState', ref, request }, how, ends), 'clearBrowserState');
}

export async function currentCode(ref: EntryRef, how: Exchange, ends?: Ends): Promise<TfaCode> {
  const request = how.vault.tfaCode(ref);
  const reply = await exchange({ operation: 'tfaCode', ref, request }, how, ends);
  succeeded(reply, 'tfaCode');
  const { type, code, expires_in_seconds, received_at } = isObject(reply.answer) ? reply.answer : {};
  if ((type !== 'authenticator' && type !== 'email') || typeof code !== 'string' || code === '')
    throw noVault(reply.status);
  return {
    type,
    code,
    ...(typeof expires_in_seconds === 'number' && { secondsLeft: expires_in_seconds }),
    ...(typeof received_at === 'string' && { receivedAt: received_at }),
  };
}

function succeeded({ status, answer }: Reply, operation: VaultOperation): void {
  if (status < 200 || status >= 300) throw refusedBy(status, operation, answer);
}

function entryIn(reply: Reply, ref: EntryRef, operation: VaultOperation): StoredEntry {
  succeeded(reply, operation);
  if (!isAbout(reply.answer, ref)) throw noVault(reply.status);
  return reply.answer;
}
