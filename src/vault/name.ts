import type { EntryRef } from '../entry/fields.js';

/** The name of an entry in a message: no control characters, no kilobytes. */
export function nameOf({ permissioned_user_id, domain }: EntryRef): string {
  return `${permissioned_user_id}, ${domain}`.replace(/\p{C}/gu, '?').slice(0, 200);
}
