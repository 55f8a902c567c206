import { sha256 } from '@noble/hashes/sha2.js';

const HASH_BYTES = 8;
const SEGMENT_ROWS = 65_536;

/**
 * Finds rows that are the same entry, in little memory: twelve bytes a row, and eight more where the format tells when a
 * row was changed. Of an identity it keeps 64 bits of its SHA-256: at a million rows, that two of them agree by chance is
 * one in forty million, and the rows would be reported.
 */
export class Identities {
  readonly #encoder = new TextEncoder();
  readonly #hashes: BigUint64Array[] = [];
  /** The same memory in halves. */
  readonly #halves: Uint32Array[] = [];
  readonly #changes: Float64Array[] = [];
  #rows = 0;

  /** Adds the next row; without an identity it takes part in nothing, but keeps its place. */
  add(identity?: string, changed?: number): void {
    const place = this.#rows % SEGMENT_ROWS;
    if (place === 0) {
      const segment = new BigUint64Array(SEGMENT_ROWS);
      this.#hashes.push(segment);
      this.#halves.push(new Uint32Array(segment.buffer));
    }
    this.#rows += 1;
    const segment = this.#hashes.length - 1;
    if (identity !== undefined) {
      const hash = sha256(this.#encoder.encode(identity)).subarray(0, HASH_BYTES);
      new Uint8Array((this.#hashes[segment] as BigUint64Array).buffer).set(hash, place * HASH_BYTES);
    }
    if (changed === undefined) return;
    this.#changes[segment] ??= new Float64Array(SEGMENT_ROWS).fill(Number.NEGATIVE_INFINITY);
    (this.#changes[segment] as Float64Array)[place] = changed;
  }

  /**
   * Every row that another one takes the place of, with that row; both counted from 1. Of rows of one identity the one
   * that was last changed stays; of those changed at the same time, or at none that is known, the last. Those that their
   * date decides about are in `supersededByDate` too.
   */
  superseded(): { superseded: Map<number, number>; supersededByDate: Set<number> } {
    const several = this.#several();
    const winners = new Map<bigint, number>();
    const rows: [hash: bigint, row: number][] = [];
    for (let row = 0; several.size > 0 && row < this.#rows; row++) {
      if (!several.has(this.#halfOf(row))) continue;
      const hash = this.#hashOf(row);
      if (hash === 0n) continue;
      rows.push([hash, row]);
      const winner = winners.get(hash);
      if (winner === undefined || this.#changeOf(row) >= this.#changeOf(winner)) winners.set(hash, row);
    }
    const superseded = new Map<number, number>();
    const supersededByDate = new Set<number>();
    for (const [hash, row] of rows) {
      const winner = winners.get(hash) as number;
      if (winner === row) continue;
      superseded.set(row + 1, winner + 1);
      if (this.#changeOf(winner) > this.#changeOf(row)) supersededByDate.add(row + 1);
    }
    return { superseded, supersededByDate };
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

  #changeOf(row: number): number {
    return this.#changes[Math.floor(row / SEGMENT_ROWS)]?.[row % SEGMENT_ROWS] ?? Number.NEGATIVE_INFINITY;
  }
}
