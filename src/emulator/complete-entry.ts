import { createHash } from 'node:crypto';
import { fieldEntries } from '../entry/fields.js';
import { sessionEnd } from './session-expiry.js';
import type { StoredRecord } from './stored-record.js';

const WRITABLE = fieldEntries.flatMap(([name, field]) => (field.readOnly === undefined ? [name] : []));

/** The complete entry, as every answer gives it: each field of the table, null where there is nothing. */
export function completeEntry(record: StoredRecord, workspaceId: string): Record<string, unknown> {
  const { id, fields, created, updated, sessionSet, session } = record;
  const { permissioned_user_id: name, domain } = fields;
  const end = sessionEnd(record);
  const userId = userIdOf(workspaceId, name);
  const entry: Record<string, unknown> = { id, workspace_id: workspaceId, user_id: userId };
  for (const writable of WRITABLE) entry[writable] = null;
  entry.allow_multiple_sessions = false;
  return Object.assign(entry, fields, {
    created_at: timestamp(created),
    updated_at: timestamp(updated),
    tfa_email: fields.tfa_method === 'EMAIL' ? tfaEmail(userId, domain) : null,
    tfa_phone_number: fields.tfa_method === 'SMS' ? phoneNumber(userId) : null,
    session_data_set_at: sessionSet === undefined ? null : timestamp(sessionSet),
    effective_expires_at: end === undefined ? null : timestamp(end),
    proxy_string: proxyString(id, fields),
    session_id: session ?? null,
  });
}

const timestamp = (ms: number) => new Date(ms).toISOString();

/** The same UUID for the same user always (version 8, RFC 9562 section 5.8), so that nothing has to be kept of users. */
function userIdOf(workspaceId: string, name: string): string {
  const hex = createHash('sha256').update(`${workspaceId} ${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** `info+{user_id}+{domain}@cloudcruise.com`, with the host of the domain: a whole URL makes no address. */
function tfaEmail(userId: string, domain: string): string {
  return `info+${userId}+${new URL(domain).hostname}@cloudcruise.com`;
}

/** One of the numbers that are kept for fiction, so that nobody's telephone rings. */
function phoneNumber(userId: string): string {
  return `+120255501${String(Number.parseInt(userId.slice(0, 8), 16) % 100).padStart(2, '0')}`;
}

/** A proxy that does not exist (RFC 2606); a custom one is the entry's own, which is sealed, and is not shown. */
function proxyString(id: string, { proxy, proxy_setting }: Readonly<Record<string, unknown>>): string | null {
  const isEnabled = (proxy as { enable?: boolean } | undefined)?.enable === true;
  const isAssigned = isEnabled || (typeof proxy_setting === 'string' && proxy_setting !== 'custom');
  return isAssigned ? `http://${id.slice(0, 8)}.proxy.invalid:8080` : null;
}
