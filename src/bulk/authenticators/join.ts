import { type Closeness, issuerOf, keysOfIssuer, namesOfHost, userKey } from './issuer.js';

/** Why a secret that can be used is not joined to a row. */
export type LeftReason =
  | 'no issuer'
  | 'no row of the issuer'
  | 'issuer with many sites'
  | 'user name of no row'
  | 'several rows'
  | 'several secrets for the row'
  | 'row has another secret'
  | 'row failed'
  | 'row of the map is no entry';

/** A secret to be joined. */
export interface JoinSecret {
  /** Its number, over all files. */
  readonly account: number;
  readonly issuer: string;
  readonly user: string;
  /** Canonical base32, or nothing where the account cannot be used: it is counted among those of its issuer. */
  readonly secret?: string | undefined;
}

/** A row that may get a secret. */
export interface JoinRow {
  readonly row: number;
  readonly host: string;
  readonly user: string;
  /** The secret that it has already, as canonical base32. */
  readonly secret?: string | undefined;
  /** Whether it fails for another reason: it is there, but gets nothing. */
  readonly isFailed?: boolean;
}

export interface JoinedAccount {
  readonly account: number;
  /** The rows that have its secret now; several only by a map. */
  readonly rows: readonly number[];
}

export interface LeftAccount {
  readonly account: number;
  readonly reason: LeftReason;
  /** The rows that it may belong to: the first {@link MOST_ROWS} of them. */
  readonly rows: readonly number[];
}

/** What belongs to what. Every secret is either joined or left. */
export interface Join {
  readonly joined: readonly JoinedAccount[];
  readonly left: readonly LeftAccount[];
  /** The secret of each row that gets one. */
  readonly secrets: ReadonlyMap<number, string>;
  /** Rows that have a secret and are offered another one, with the account: which is right, nobody knows. */
  readonly conflicts: ReadonlyMap<number, number>;
}

/** So many rows are named where a secret may belong to many. */
export const MOST_ROWS = 20;

interface Candidate extends JoinRow {
  readonly closeness: Closeness;
}

/**
 * Finds out which row a secret belongs to: that of the issuer's site with the same user name, or else, if the issuer has
 * one secret and the site one row, that one. Nothing is guessed beyond: a secret on the wrong row is typed into the wrong
 * site. Rows are shown one by one, and only those are kept that a secret may belong to.
 */
export class Joiner {
  readonly #secrets: readonly JoinSecret[];
  readonly #map: ReadonlyMap<number, number>;
  /** Issuers, by each key that a host may have. */
  readonly #issuers = new Map<string, Set<string>>();
  /** How many secrets an issuer has, in whichever way it is written. */
  readonly #counts = new Map<string, number>();
  /** Rows by the issuer that they may be of. */
  readonly #candidates = new Map<string, Candidate[]>();
  readonly #mapped = new Map<number, JoinRow>();

  /** @param map rows and the accounts that belong to them by word of the user, whatever their names. */
  constructor(secrets: readonly JoinSecret[], map: ReadonlyMap<number, number> = new Map()) {
    this.#secrets = secrets;
    this.#map = map;
    for (const secret of secrets) {
      const issuer = issuerOf(secret.issuer);
      this.#counts.set(issuer.name, (this.#counts.get(issuer.name) ?? 0) + 1);
      for (const key of keysOfIssuer(issuer)) {
        const ids = this.#issuers.get(key) ?? new Set();
        this.#issuers.set(key, ids.add(issuer.id));
      }
    }
  }

  /** Shows the next row. */
  see(row: JoinRow): void {
    if (this.#map.has(row.row)) this.#mapped.set(row.row, row);
    const found = new Map<string, Closeness>();
    for (const [key, closeness] of namesOfHost(row.host)) {
      for (const id of this.#issuers.get(key) ?? []) {
        if (!found.has(id)) found.set(id, closeness);
      }
    }
    for (const [id, closeness] of found) {
      const rows = this.#candidates.get(id) ?? [];
      this.#candidates.set(id, rows);
      rows.push({ ...row, closeness });
    }
  }

  join(): Join {
    const left: LeftAccount[] = [];
    const offers = new Map<number, Offer[]>();
    const leave = ({ account }: JoinSecret, reason: LeftReason, rows: readonly JoinRow[] = []) =>
      left.push({ account, reason, rows: rows.slice(0, MOST_ROWS).map(({ row }) => row) });
    const byMap = new Map<number, number[]>();
    for (const [row, account] of this.#map) byMap.set(account, [...(byMap.get(account) ?? []), row]);
    for (const secret of this.#secrets) {
      if (secret.secret === undefined) continue;
      const rows = byMap.get(secret.account);
      const found = rows === undefined ? this.#rowOf(secret) : this.#rowsOfMap(rows);
      if ('reason' in found) {
        leave(secret, found.reason, found.rows);
        continue;
      }
      for (const row of found.rows) {
        offers.set(row.row, [...(offers.get(row.row) ?? []), { row, secret, weight: found.weight }]);
      }
    }
    return settled(offers, left);
  }

  #rowsOfMap(numbers: readonly number[]): Found {
    const rows = numbers.flatMap((number) => this.#mapped.get(number) ?? []);
    if (rows.length < numbers.length) return { reason: 'row of the map is no entry', rows };
    return { rows, weight: MAPPED };
  }

  #rowOf({ issuer, user }: JoinSecret): Found {
    const { id, name, hasManySites } = issuerOf(issuer);
    if (name === '') return { reason: 'no issuer', rows: [] };
    // A row that is spoken for by the map is no row for any other.
    const rows = (this.#candidates.get(id) ?? []).filter(({ row }) => !this.#map.has(row));
    if (rows.length === 0) return { reason: 'no row of the issuer', rows };
    if (hasManySites) return { reason: 'issuer with many sites', rows };
    const ofUser = rows.filter((row) => user !== '' && userKey(row.user) === userKey(user));
    // Of several, the very host that the issuer is decides; a name that is that of several hosts decides nothing.
    const exact = ofUser.filter(({ closeness }) => closeness === 0);
    const [row, ...others] = exact.length > 0 ? exact : ofUser;
    if (others.length > 0) return { reason: 'several rows', rows: ofUser };
    if (row !== undefined) return { rows: [row], weight: SAME_USER };
    const [only, ...more] = rows;
    const isOne = only !== undefined && more.length === 0 && this.#counts.get(name) === 1;
    // A label such as "git" of git.example.com is too little by itself.
    return isOne && only.closeness < 3
      ? { rows: [only], weight: ONLY_ONE }
      : { reason: 'user name of no row', rows };
  }
}

type Found =
  | { readonly reason: LeftReason; readonly rows: readonly JoinRow[] }
  | { readonly rows: readonly JoinRow[]; readonly weight: number };

interface Offer {
  readonly row: JoinRow;
  readonly secret: JoinSecret;
  readonly weight: number;
}

const ONLY_ONE = 0;
const SAME_USER = 1;
const MAPPED = 2;

/** Of what is offered to a row, the surest counts, if it is one secret. */
function settled(offers: ReadonlyMap<number, readonly Offer[]>, left: LeftAccount[]): Join {
  const secrets = new Map<number, string>();
  const conflicts = new Map<number, number>();
  const outcomes = new Map<number, { joined: number[]; reason?: LeftReason; rows: number[] }>();
  for (const [number, all] of offers) {
    const [{ row }] = all as [Offer];
    const surest = Math.max(...all.map(({ weight }) => weight));
    const best = all.filter(({ weight }) => weight === surest);
    const [{ secret: chosen }] = best as [Offer];
    const isOne = best.every(({ secret }) => secret.secret === chosen.secret);
    const isConflict = isOne && row.secret !== undefined && row.secret !== chosen.secret && !row.isFailed;
    if (isConflict) conflicts.set(number, chosen.account);
    else if (isOne && !row.isFailed) secrets.set(number, chosen.secret as string);
    for (const { secret } of all) {
      const outcome = outcomes.get(secret.account) ?? { joined: [], rows: [] };
      outcomes.set(secret.account, outcome);
      outcome.rows.push(number);
      if (secret.secret === secrets.get(number)) outcome.joined.push(number);
      else
        outcome.reason = row.isFailed
          ? 'row failed'
          : isConflict
            ? 'row has another secret'
            : 'several secrets for the row';
    }
  }
  const joined: JoinedAccount[] = [];
  for (const [account, outcome] of outcomes) {
    if (outcome.joined.length > 0) joined.push({ account, rows: outcome.joined });
    else left.push({ account, reason: outcome.reason as LeftReason, rows: outcome.rows });
  }
  const byAccount = (a: { account: number }, b: { account: number }) => a.account - b.account;
  return { joined: joined.sort(byAccount), left: left.sort(byAccount), secrets, conflicts };
}
