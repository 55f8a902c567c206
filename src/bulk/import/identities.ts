import { sha256 } from '@noble/hashes/sha2.js';

const HASH_BYTES = 8;
const SEGMENT_ROWS = 65_536;

/** The kinds of credentials that a row has, as bits. */
export const HAS_USER_NAME = 1;
export const HAS_PASSWORD = 2;
export const HAS_TOTP = 4;

/** What becomes of rows that are the same entry; rows are counted from 1. */
export interface Duplicates {
  /** Every row that another one takes the place of, with that row. */
  readonly superseded: ReadonlyMap<number, number>;
  /** Those of them that a date decides about. */
  readonly supersededByDate: ReadonlySet<number>;
  /** Rows none of which can take the place of the others, each with another one. */
  readonly undecided: ReadonlyMap<number, number>;
}

/**
 * Finds rows that are the same entry, in little memory: thirteen bytes a row, and eight more where the format tells when
 * a row was changed. Of an identity it keeps 64 bits of its SHA-256: at a million rows, that two of them agree by chance is
 * one in forty million, and the rows would be reported.
 */
export class Identities {
  readonly #encoder = new TextEncoder();
  readonly #hashes: BigUint64Array[] = [];
  /** The same memory in halves. */
  readonly #halves: Uint32Array[] = [];
  readonly #kinds: Uint8Array[] = [];
  readonly #changes: Float64Array[] = [];
  #rows = 0;

  /** Adds the next row; without an identity it takes part in nothing, but keeps its place. */
  add(identity?: string, kinds = 0, changed?: number): void {
    const place = this.#rows % SEGMENT_ROWS;
    if (place === 0) {
      const segment = new BigUint64Array(SEGMENT_ROWS);
      this.#hashes.push(segment);
      this.#halves.push(new Uint32Array(segment.buffer));
      this.#kinds.push(new Uint8Array(SEGMENT_ROWS));
    }
    this.#rows += 1;
    const segment = this.#hashes.length - 1;
    if (identity !== undefined) {
      const hash = sha256(this.#encoder.encode(identity)).subarray(0, HASH_BYTES);
      new Uint8Array((this.#hashes[segment] as BigUint64Array).buffer).set(hash, place * HASH_BYTES);
    }
    (this.#kinds[segment] as Uint8Array)[place] = kinds;
    if (changed === undefined) return;
    this.#changes[segment] ??= new Float64Array(SEGMENT_ROWS).fill(Number.NEGATIVE_INFINITY);
    (this.#changes[segment] as Float64Array)[place] = changed;
  }

  /**
   * Of rows of one identity the one that was last changed stays; of those changed at the same time, or at none that is
   * known, the last. But it has to have every kind of credential that the others have: a row without password does not
   * take the place of one with. If it lacks one, none of them stays, since nobody knows what belongs together.
   */
  duplicates(): Duplicates {
    const several = this.#several();
    const groups = new Map<bigint, number[]>();
    for (let row = 0; several.size > 0 && row < this.#rows; row++) {
      if (!several.has(this.#halfOf(row))) continue;
      const hash = this.#hashOf(row);
      if (hash === 0n) continue;
      const group = groups.get(hash);
      if (group === undefined) groups.set(hash, [row]);
      else group.push(row);
    }
    const superseded = new Map<number, number>();
    const supersededByDate = new Set<number>();
    const undecided = new Map<number, number>();
    for (const rows of groups.values()) {
      const winner = rows.reduce((best, row) => (this.#changeOf(row) >= this.#changeOf(best) ? row : best));
      const others = rows.filter((row) => row !== winner);
      const better = others.find((row) => (this.#kindsOf(row) & ~this.#kindsOf(winner)) !== 0);
      for (const row of others) {
        if (better !== undefined) undecided.set(row + 1, winner + 1);
        else superseded.set(row + 1, winner + 1);
        if (better === undefined && this.#changeOf(winner) > this.#changeOf(row))
          supersededByDate.add(row + 1);
      }
      if (better !== undefined) undecided.set(winner + 1, better + 1);
    }
    return { superseded, supersededByDate, undecided };
  }

  /** Halves of hashes that come more than once: of different hashes, too, but rarely, and half of the memory is enough. */
  #several(): Set<number> {
    const halves = new Uint32Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) halves[row] = this.#halfOf(row);
    halves.sort();
    return new Set(halves.filter((half, index) => half === halves[index - 1]));
  }

  #halfOf(row: number): number {
    return this.#halves[Math.floor(row / SEGMENT_ROWS)]?.[(row % SEGMENT_ROWS) * 2] ?? 0;
  }

  #hashOf(row: number): bigint {
    return this.#hashes[Math.floor(row / SEGMENT_ROWS)]?.[row % SEGMENT_ROWS] ?? 0n;
  }

  #kindsOf(row: number): number {
    return this.#kinds[Math.floor(row / SEGMENT_ROWS)]?.[row % SEGMENT_ROWS] ?? 0;
  }

  #changeOf(row: number): number {
    return this.#changes[Math.floor(row / SEGMENT_ROWS)]?.[row % SEGMENT_ROWS] ?? Number.NEGATIVE_INFINITY;
  }
}
