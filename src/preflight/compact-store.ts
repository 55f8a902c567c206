import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { IV_DIGITS } from '../value/format.js';
import type { NumberStore } from './rules/batch.js';

const SHARDS = 32;
const FIRST_CAPACITY = 64;
const MOST_FULL = 0.85;
const GROWTH = 1.25;
/** What an empty slot holds in place of a number. */
const EMPTY = -1;

/**
 * A {@link NumberStore} for very many keys, in typed arrays. A key is 64 bits of hash, of which two of a million keys
 * agree with a chance of 1 in 37 million, and a number 8 bytes. With tables between 68 and 85 per cent full, that makes
 * 19 to 24 bytes a key, whatever its length; a `Map` of texts takes some hundred.
 *
 * There are many small tables, so that one that grows does not need the memory of all twice.
 */
export class CompactStore implements NumberStore {
  readonly #tables = Array.from({ length: SHARDS }, () => new Table());
  /** Of each store its own, so that nobody can choose IVs or names that are taken for others, or all fall on one slot. */
  readonly #seed = crypto.getRandomValues(new Int32Array(1))[0] as number;

  /** How many bytes the tables take. */
  get bytes(): number {
    return this.#tables.reduce((sum, { values }) => sum + values.length * 16, 0);
  }

  get(key: string): number | undefined {
    const [high, low] = hashOf(key, this.#seed);
    const table = this.#tables[low % SHARDS];
    const value = table?.values[table.slotOf(high, low)] ?? EMPTY;
    return value === EMPTY ? undefined : value;
  }

  set(key: string, value: number): void {
    const [high, low] = hashOf(key, this.#seed);
    this.#tables[low % SHARDS]?.set(high, low, value);
  }
}

/** A hash table with open addressing and linear probing. */
class Table {
  values = new Float64Array(bufferFor(FIRST_CAPACITY)).fill(EMPTY);
  #hashes = new Uint32Array(bufferFor(FIRST_CAPACITY));
  #size = 0;

  /** Where this hash is, or would be put. */
  slotOf(high: number, low: number): number {
    const capacity = this.values.length;
    let slot = high % capacity;
    while (this.values[slot] !== EMPTY) {
      if (this.#hashes[2 * slot] === high && this.#hashes[2 * slot + 1] === low) break;
      slot = slot + 1 === capacity ? 0 : slot + 1;
    }
    return slot;
  }

  set(high: number, low: number, value: number): void {
    const slot = this.slotOf(high, low);
    if (this.values[slot] === EMPTY) this.#size += 1;
    this.#hashes[2 * slot] = high;
    this.#hashes[2 * slot + 1] = low;
    this.values[slot] = value;
    if (this.#size > this.values.length * MOST_FULL) this.#grow();
  }

  #grow(): void {
    const [values, hashes] = [this.values, this.#hashes];
    const capacity = Math.ceil(values.length * GROWTH);
    this.values = new Float64Array(bufferFor(capacity)).fill(EMPTY);
    this.#hashes = new Uint32Array(bufferFor(capacity));
    this.#size = 0;
    for (let slot = 0; slot < values.length; slot++) {
      const value = values[slot] ?? EMPTY;
      if (value !== EMPTY) this.set(hashes[2 * slot] ?? 0, hashes[2 * slot + 1] ?? 0, value);
    }
    // At once, rather than when somebody collects the garbage: it would be four times what is in use.
    for (const { buffer } of [values, hashes]) buffer.resize(0);
  }
}

/** 8 bytes a slot, in a buffer whose memory can be given back. */
function bufferFor(capacity: number): ArrayBuffer {
  return new ArrayBuffer(8 * capacity, { maxByteLength: 8 * capacity });
}

const IV = new RegExp(`^[0-9a-f]{${IV_DIGITS}}$`);

/** 64 bits of a key, in two halves. An IV is mixed, since some count theirs up; anything else goes through SHA-256. */
function hashOf(key: string, seed: number): [high: number, low: number] {
  if (IV.test(key)) {
    const [a, b, c] = [0, 8, 16].map((at) => Number.parseInt(key.slice(at, at + 8), 16)) as [
      number,
      number,
      number,
    ];
    return [mixed(a ^ mixed(b ^ mixed(c ^ seed))), mixed(c ^ mixed(a ^ mixed(~b ^ seed)))];
  }
  const view = new DataView(sha256(utf8ToBytes(`${seed} ${key}`)).buffer);
  return [view.getUint32(0), view.getUint32(4)];
}

/** The finaliser of MurmurHash3: every bit of 32 changes half of the others, and no two words become one. */
function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
