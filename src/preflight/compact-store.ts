import { IV_DIGITS } from '../value/format.js';
import type { BatchStores, NumberStore } from './rules/batch.js';
import { sha256Hex } from './sha256.js';

const SHARDS = 32;
const FIRST_CAPACITY = 64;
const MOST_FULL = 0.85;
const GROWTH = 1.5;
const SLOT_BYTES = 16;

/**
 * A {@link NumberStore} for very many keys, in typed arrays. A key is 64 bits of hash, of which two of a million keys
 * agree with a chance of 1 in 37 million, and a number 8 bytes. With tables between 57 and 85 per cent full, that makes
 * 19 to 28 bytes a key, whatever its length; a `Map` of texts takes some hundred.
 *
 * There are many small tables, so that one that grows does not need the memory of all twice.
 */
export class CompactStore implements NumberStore<string | Hash> {
  readonly #tables = Array.from({ length: SHARDS }, () => new Table());
  /**
   * What hashes begin with: of each store its own, so that nobody can choose IVs or names that are taken for others, or all
   * fall on one slot. Whoever hashes keys elsewhere is told.
   */
  readonly seed = crypto.getRandomValues(new Int32Array(1))[0] as number;
  /** What was asked for last, which is mostly kept next, and its hash. */
  #last: string | undefined;
  #hash: Hash = [0, 0];

  /** How many bytes the tables take. */
  get bytes(): number {
    return this.#tables.reduce((sum, { capacity }) => sum + capacity * SLOT_BYTES, 0);
  }

  get(key: string | Hash): number | undefined {
    const hash = this.#hashOf(key);
    return this.#tableOf(hash).get(hash);
  }

  set(key: string | Hash, value: number): void {
    const hash = this.#hashOf(key);
    this.#tableOf(hash).set(hash, value);
  }

  #hashOf(key: string | Hash): Hash {
    if (typeof key !== 'string') return key;
    if (key !== this.#last) {
      this.#hash = hashOf(key, this.seed);
      this.#last = key;
    }
    return this.#hash;
  }

  #tableOf([, low]: Hash): Table {
    return this.#tables[low % SHARDS] as Table;
  }
}

/** Stores for a run over very many payloads. */
export function compactStores() {
  return { entries: new CompactStore(), values: new CompactStore() } satisfies BatchStores;
}

/** 64 bits of a key, in two halves. */
export type Hash = readonly [high: number, low: number];

/**
 * A hash table with open addressing and linear probing. A slot is the two halves of the hash, and the number behind them:
 * one line of the processor's cache. Slots are in the order of the hashes, so that a table which grows is read and written
 * from its beginning to its end. The number is kept one larger: new memory is zero, and has not to be filled.
 */
class Table {
  capacity = FIRST_CAPACITY;
  #size = 0;
  #hashes: Uint32Array;
  #numbers: Float64Array;

  constructor() {
    [this.#hashes, this.#numbers] = emptySlots(this.capacity);
  }

  get([high, low]: Hash): number | undefined {
    const kept = this.#numbers[2 * this.#slotOf(high, low) + 1] as number;
    return kept === 0 ? undefined : kept - 1;
  }

  set([high, low]: Hash, value: number): void {
    const slot = this.#slotOf(high, low);
    if (this.#numbers[2 * slot + 1] === 0) this.#size += 1;
    this.#put(slot, high, low, value + 1);
    if (this.#size > this.capacity * MOST_FULL) this.#grow();
  }

  /** Where this hash is, or would be put. */
  #slotOf(high: number, low: number): number {
    let slot = Math.floor((high / 2 ** 32) * this.capacity);
    while (this.#numbers[2 * slot + 1] !== 0) {
      if (this.#hashes[4 * slot] === high && this.#hashes[4 * slot + 1] === low) break;
      slot = slot + 1 === this.capacity ? 0 : slot + 1;
    }
    return slot;
  }

  #put(slot: number, high: number, low: number, kept: number): void {
    this.#hashes[4 * slot] = high;
    this.#hashes[4 * slot + 1] = low;
    this.#numbers[2 * slot + 1] = kept;
  }

  #grow(): void {
    const [hashes, numbers, before] = [this.#hashes, this.#numbers, this.capacity];
    this.capacity = Math.ceil(before * GROWTH);
    [this.#hashes, this.#numbers] = emptySlots(this.capacity);
    for (let slot = 0; slot < before; slot++) {
      const kept = numbers[2 * slot + 1] as number;
      if (kept === 0) continue;
      const [high, low] = [hashes[4 * slot] as number, hashes[4 * slot + 1] as number];
      this.#put(this.#slotOf(high, low), high, low, kept);
    }
    // At once, rather than when somebody collects the garbage: it would be four times what is in use.
    (numbers.buffer as ArrayBuffer).resize(0);
  }
}

/** Slots in a buffer whose memory can be given back. */
function emptySlots(capacity: number): [Uint32Array, Float64Array] {
  const bytes = SLOT_BYTES * capacity;
  const buffer = new ArrayBuffer(bytes, { maxByteLength: bytes });
  return [new Uint32Array(buffer), new Float64Array(buffer)];
}

const IV = new RegExp(`^[0-9a-f]{${IV_DIGITS}}$`);

/** The hash of a key. An IV is mixed, since some count theirs up; anything else goes through SHA-256. */
export function hashOf(key: string, seed: number): Hash {
  if (IV.test(key)) {
    const a = wordAt(key, 0);
    const b = wordAt(key, 8);
    const c = wordAt(key, 16);
    return [mixed(a ^ mixed(b ^ mixed(c ^ seed))), mixed(c ^ mixed(a ^ mixed(~b ^ seed)))];
  }
  const digest = sha256Hex(`${seed} ${key}`);
  return [wordAt(digest, 0), wordAt(digest, 8)];
}

/** 32 bits of a text in hex. */
const wordAt = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 8), 16);

/** The finaliser of MurmurHash3: every bit of 32 changes half of the others, and no two words become one. */
function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
