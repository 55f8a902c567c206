import type { Db, JobAttempt, PgBoss } from 'pg-boss';
import { isObject } from '../inspection.js';
import { optionsProblem } from '../options.js';
import { optionsOnce } from '../options-once.js';
import { invalid } from '../vault/config.js';

/** Which queues are meant, where there are several. */
export interface PlaceOptions {
  /** What the names of the queues begin with: by default `vault`. */
  readonly name?: string | undefined;
  /** The schema of pg-boss, where it is another than `pgboss`: what `PgBoss` was given. */
  readonly schema?: string | undefined;
}

/** Queues of a pg-boss, and the table beside them. */
export interface Place {
  readonly boss: PgBoss;
  readonly name: string;
  /** Tokens. */
  readonly handoff: string;
  /** Sealed entries. */
  readonly push: string;
  /** What was refused for good, scrubbed. */
  readonly refused: string;
  /** Claims, turns and pauses. */
  readonly table: string;
  /** The table of all jobs of pg-boss. */
  readonly jobs: string;
}

const PLACE: readonly (keyof PlaceOptions)[] = ['name', 'schema'];

/**
 * Which queues, and the other options, each read once.
 *
 * @param more the names of options beside those of the place.
 * @throws CredsealError `ERR_REQUEST_INVALID` for what is no pg-boss, and for options that are none
 */
export function readOptions<O extends PlaceOptions>(
  boss: PgBoss,
  options: O,
  more: readonly (keyof O & string)[] = [],
): { readonly place: Place; readonly given: Omit<O, keyof PlaceOptions> } {
  const names = [...PLACE, ...more] as (keyof O & string)[];
  const problem = optionsProblem(options, names);
  if (problem) throw invalid('options', `Options ${problem}.`);
  const { name, schema, ...given } = optionsOnce(options, names) as O;
  return { place: placeOf(boss, { name, schema }), given };
}

/** @throws CredsealError as {@link readOptions} */
export function placeOf(boss: PgBoss, { name = 'vault', schema = 'pgboss' }: PlaceOptions): Place {
  if (!isObject(boss) || typeof boss.fetch !== 'function' || typeof boss.getDb !== 'function')
    throw invalid('boss', 'boss is a PgBoss of pg-boss 12.');
  if (typeof name !== 'string' || !/^[\w.-]{1,80}$/.test(name))
    throw invalid('name', 'name is 1 to 80 letters, digits, ".", "-" and "_".');
  if (typeof schema !== 'string' || !/^[a-z_]\w{0,49}$/i.test(schema))
    throw invalid('schema', 'schema is the name of the schema of pg-boss.');
  return {
    boss,
    name,
    handoff: `${name}-handoff`,
    push: `${name}-push`,
    refused: `${name}-refused`,
    // pg-boss leaves a schema without quotes as well: PostgreSQL takes its letters for lower case.
    table: `${schema}.credseal_state`,
    jobs: `${schema}.job`,
  };
}

/** Does several things, or none of them. */
export async function inTransaction<T>(boss: PgBoss, work: (db: Db) => Promise<T>): Promise<T> {
  const db = boss.getDb();
  if (typeof db.beginTransaction !== 'function')
    throw invalid(
      'boss',
      'boss has a database that begins no transactions: use the pool of pg-boss for workers.',
    );
  const transaction = await db.beginTransaction();
  try {
    const result = await work(transaction.db);
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

/** Deletes a job, if it is still this attempt's: whether it was. */
export async function deleted(boss: PgBoss, queue: string, job: JobAttempt, db: Db): Promise<boolean> {
  // The declarations of pg-boss leave out what is in its answers.
  const answer = (await boss.deleteJob(queue, job, { db })) as { readonly affected?: number };
  return answer.affected === 1;
}
