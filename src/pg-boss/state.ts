import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Db } from 'pg-boss';
import type { SealedEntry } from '../entry/seal-entry.js';
import type { HandoffToken } from '../handoff/open-handoff.js';
import type { Turns } from '../queue/work-job.js';
import type { Place } from './place.js';

/** A claim outlives its token by this, in seconds: clocks differ. */
const CLAIM_MARGIN = 60;
/** For so long an entry is one job's to send, in seconds, should that be killed. */
const LEASE = 120;
/** For so long it is known which token of an entry was the last, in seconds: 30 days. */
const KNOWN_FOR = 2_592_000;

/** Makes the table, where it is not there. */
export async function createState(db: Db, { table }: Place): Promise<void> {
  // Of two that make it at once, one fails: they take turns.
  await db.executeSql('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [table]);
  await db.executeSql(`CREATE TABLE IF NOT EXISTS ${table} (
    queue text NOT NULL, kind text NOT NULL, id text NOT NULL,
    job text, issued_at bigint, until timestamptz, keep_until timestamptz NOT NULL,
    PRIMARY KEY (queue, kind, id))`);
  await db.executeSql(`CREATE INDEX IF NOT EXISTS credseal_state_keep_until ON ${table} (keep_until)`);
}

/** Claims a token, in the transaction in which its payload takes its place: whether nobody has before. */
export async function claimToken(db: Db, { table, name }: Place, { id, expiresAt }: HandoffToken) {
  const { rows } = await db.executeSql(
    `INSERT INTO ${table} (queue, kind, id, keep_until) VALUES ($1, 'claim', $2, to_timestamp($3))
    ON CONFLICT DO NOTHING RETURNING 1`,
    [name, id, expiresAt + CLAIM_MARGIN],
  );
  return rows.length === 1;
}

/** Whose turn it is to send an entry, for one job. */
export function turnsOf(db: Db, { table, name }: Place, job: string): Turns {
  const idOf = ({ permissioned_user_id, domain }: SealedEntry) =>
    bytesToHex(sha256(utf8ToBytes(JSON.stringify([permissioned_user_id, domain]))));
  return {
    async begin(entry, issuedAt) {
      const begun = await db.executeSql(
        `INSERT INTO ${table} AS held (queue, kind, id, job, issued_at, until, keep_until)
        VALUES ($1, 'entry', $2, $3, $4, now() + interval '${LEASE} s', now() + interval '${KNOWN_FOR} s')
        ON CONFLICT (queue, kind, id) DO UPDATE
        SET job = $3, issued_at = $4, until = excluded.until, keep_until = excluded.keep_until
        WHERE held.issued_at <= $4 AND (held.job IS NULL OR held.job = $3 OR held.until < now())
        RETURNING 1`,
        [name, idOf(entry), job, issuedAt],
      );
      if (begun.rows.length === 1) return 'begun';
      const { rows } = await db.executeSql(
        `SELECT 1 FROM ${table} WHERE queue = $1 AND kind = 'entry' AND id = $2 AND issued_at > $3`,
        [name, idOf(entry), issuedAt],
      );
      return rows.length === 1 ? 'older' : 'busy';
    },
    async end(entry) {
      await db.executeSql(
        `UPDATE ${table} SET job = NULL WHERE queue = $1 AND kind = 'entry' AND id = $2 AND job = $3`,
        [name, idOf(entry), job],
      );
    },
  };
}

/** Pauses all workers for so many seconds at least. */
export async function pauseFor(db: Db, { table, name }: Place, seconds: number): Promise<void> {
  await db.executeSql(
    `INSERT INTO ${table} AS held (queue, kind, id, until, keep_until)
    VALUES ($1, 'pause', '', now() + make_interval(secs => $2), now() + make_interval(secs => $2))
    ON CONFLICT (queue, kind, id) DO UPDATE
    SET until = GREATEST(held.until, excluded.until), keep_until = GREATEST(held.until, excluded.until)`,
    [name, seconds],
  );
}

/** Stops all workers, until somebody resumes. */
export async function halt(db: Db, { table, name }: Place): Promise<void> {
  await db.executeSql(
    `INSERT INTO ${table} (queue, kind, id, keep_until) VALUES ($1, 'halt', '', 'infinity')
    ON CONFLICT DO NOTHING`,
    [name],
  );
}

export async function resume(db: Db, { table, name }: Place): Promise<void> {
  await db.executeSql(`DELETE FROM ${table} WHERE queue = $1 AND kind = 'halt'`, [name]);
}

/** For how many ms nobody may send; for ever, where somebody has to look. */
export async function closedFor(db: Db, { table, name }: Place): Promise<number> {
  const { rows } = await db.executeSql(
    `SELECT kind, (1000 * extract(epoch FROM until - clock_timestamp()))::float8 AS ms
    FROM ${table} WHERE queue = $1 AND id = '' AND kind IN ('pause', 'halt')`,
    [name],
  );
  const waits = rows.map(({ kind, ms }: { kind: string; ms: number }) =>
    kind === 'halt' ? Number.POSITIVE_INFINITY : Number(ms),
  );
  return Math.max(0, ...waits);
}

/** Forgets what need not be known any more. */
export async function forget(db: Db, { table }: Place): Promise<void> {
  await db.executeSql(`DELETE FROM ${table} WHERE keep_until < now()`);
}
