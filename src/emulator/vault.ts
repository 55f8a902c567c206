import { randomUUID } from 'node:crypto';
import type { EntryRef } from '../entry/fields.js';
import type { KeyRing } from '../key/key-ring.js';
import { completeEntry } from './complete-entry.js';
import type { EntryStore } from './entry-store.js';
import { checkedFields, type PayloadRules } from './payload-check.js';
import type { RateLimitCounts } from './rate-limit.js';
import { Refusal } from './refusal.js';
import { hasSessionData, recordAt, withoutSession } from './session-expiry.js';
import type { StoredRecord } from './stored-record.js';
import { currentCode, type EmailCode, type TfaCode } from './tfa-code.js';

type Entry = Record<string, unknown>;

/** What a vault is made of. */
export interface VaultParts extends PayloadRules {
  readonly ring: KeyRing;
  readonly store: EntryStore;
  readonly workspaceId: string;
  readonly updates: 'merge' | 'replace' | 'complete-only';
  readonly nulls: 'kept' | 'absent';
  readonly rateLimit: () => RateLimitCounts;
  /** The clock, in ms since the epoch. */
  readonly now: () => number;
}

/** The calls of the vault API on a store, without HTTP. Each throws a Refusal where the vault refuses. */
export class Vault {
  readonly #parts: VaultParts;
  /** Under the id of the entry, so that they go where it goes. They are not kept: a code is good for minutes. */
  readonly #emailCodes = new Map<string, EmailCode>();

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  create(payload: Entry): Entry {
    const { store } = this.#parts;
    const fields = { ...checkedFields(payload, undefined, 'create', this.#parts), ...checkedRef(payload) };
    if (store.get(fields) !== undefined) throw new Refusal(409, ALREADY_THERE);
    const now = this.#now();
    return this.#put({ id: randomUUID(), created: now, updated: now, ...this.#session(fields, now), fields });
  }

  update(payload: Entry): Entry {
    const ref = checkedRef(payload);
    const record = this.#find(ref);
    const { updates } = this.#parts;
    if (updates === 'complete-only' && !isComplete(payload)) throw new Refusal(400, NOT_COMPLETE);
    const changes = record === undefined ? payload : this.#changesOf(payload, record);
    const stays = updates === 'replace' ? namedIn(payload, record?.fields) : record?.fields;
    const fields = { ...checkedFields(changes, stays, 'update', this.#parts), ...ref };
    if (record === undefined) throw notThere();
    // It names the entry a second time: docs/vault-api.md, rule 20.
    if (changes.id !== undefined && changes.id !== record.id) throw new Refusal(404, OTHER_ID);
    const now = this.#now();
    return this.#put({ ...record, updated: now, ...this.#session(changes, now), fields });
  }

  /** One after the other, since there may be many. */
  *list(): Generator<Entry> {
    for (const record of this.#parts.store.records()) yield this.#answer(recordAt(record, this.#now()));
  }

  get(ref: EntryRef): Entry {
    return this.#answer(this.#existing(ref));
  }

  delete(payload: Entry): void {
    const { id, fields } = this.#existing(checkedRef(payload));
    this.#parts.store.delete(fields);
    this.#emailCodes.delete(id);
  }

  clearBrowserState(payload: Entry): void {
    this.#parts.store.put({
      ...withoutSession(this.#existing(checkedRef(payload))),
      updated: this.#now(),
    });
  }

  tfaCode(ref: EntryRef): TfaCode {
    const record = this.#existing(ref);
    return currentCode(record, {
      ring: this.#parts.ring,
      now: this.#now(),
      emailCode: this.#emailCodes.get(record.id),
    });
  }

  /** As if an e-mail with this code had come in. */
  putEmailCode(payload: Entry): void {
    const { id, fields } = this.#existing(checkedRef(payload));
    const { code } = payload;
    if (typeof code !== 'string' || code === '' || code.length > 100)
      throw new Refusal(400, 'code is the text of the code, of 1 to 100 characters.');
    if (fields.tfa_method !== 'EMAIL')
      throw new Refusal(409, 'This entry takes no e-mail codes: its tfa_method is not EMAIL.');
    this.#emailCodes.set(id, { code, received: this.#now() });
  }

  /** As if a workflow execution had used the entry: `expiry_time_from_last_use` counts from now on. */
  recordUse(payload: Entry): void {
    this.#parts.store.put({ ...this.#existing(checkedRef(payload)), lastUse: this.#now() });
  }

  /** What the rate limit has counted. */
  rateLimit(): RateLimitCounts {
    return this.#parts.rateLimit();
  }

  #now(): number {
    return this.#parts.now();
  }

  #find(ref: EntryRef): StoredRecord | undefined {
    const record = this.#parts.store.get(ref);
    return record === undefined ? undefined : recordAt(record, this.#now());
  }

  #existing(ref: EntryRef): StoredRecord {
    const record = this.#find(ref);
    if (record === undefined) throw notThere();
    return record;
  }

  #put(record: StoredRecord): Entry {
    this.#parts.store.put(record);
    return this.#answer(record);
  }

  #answer(record: StoredRecord): Entry {
    const { workspaceId, nulls } = this.#parts;
    const entry = completeEntry(record, workspaceId);
    if (nulls === 'kept') return entry;
    return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
  }

  #session(written: Entry, now: number): Pick<StoredRecord, 'sessionSet' | 'lastUse' | 'session'> {
    return hasSessionData(written) ? { sessionSet: now, lastUse: now, session: randomUUID() } : {};
  }

  /**
   * What an update changes: a client that reads an entry, changes a field and sends it all back sends fields that only
   * the vault sets, and nulls, as the answer had them. Credentials always count.
   */
  #changesOf(payload: Entry, record: StoredRecord): Entry {
    const answer = completeEntry(record, this.#parts.workspaceId);
    const isSame = (name: string, value: unknown) =>
      Object.hasOwn(answer, name) &&
      (typeof value !== 'string' || !CREDENTIALS.has(name)) &&
      JSON.stringify(answer[name]) === JSON.stringify(value);
    const names = new Set(['permissioned_user_id', 'domain']);
    return Object.fromEntries(
      Object.entries(payload).filter(([name, value]) => names.has(name) || !isSame(name, value)),
    );
  }
}

/** An update as the published clients send it: with user name and password, or with where those are kept. */
function isComplete({ user_name, password, secret_provider_id }: Entry): boolean {
  return Boolean(secret_provider_id) || (Boolean(user_name) && Boolean(password));
}

/** Those of the stored fields that a payload names. */
const namedIn = (payload: Entry, stored: Entry = {}): Entry =>
  Object.fromEntries(Object.entries(stored).filter(([name]) => payload[name] !== undefined));

const NOT_COMPLETE = 'An update needs user_name and password: this vault takes complete entries only.';
const CREDENTIALS = new Set(['user_name', 'password', 'tfa_secret', 'proxy_value']);
const ALREADY_THERE =
  'An entry with this permissioned_user_id and domain exists already. Change it with PUT /vault, or delete it first.';
const OTHER_ID = 'The entry of this permissioned_user_id and domain has another id. Leave id out.';

const notThere = () =>
  new Refusal(
    404,
    'No entry has this permissioned_user_id and domain. Both are compared exactly, including case, path and trailing slash. GET /vault lists all entries.',
  );

/** The two names of an entry, from a body. */
export function checkedRef({ permissioned_user_id, domain }: Entry): EntryRef {
  for (const [name, value] of Object.entries({ permissioned_user_id, domain })) {
    if (value === undefined || value === '')
      throw new Refusal(400, `${name} is required: it names the entry.`);
    if (typeof value !== 'string') throw new Refusal(400, `${name} must be a string.`);
  }
  return { permissioned_user_id, domain } as EntryRef;
}
