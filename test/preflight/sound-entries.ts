import fc from 'fast-check';
import { sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { validEntry } from '../entry/arbitrary-entry.js';
import { KEY, TOTP } from './payloads.js';

export type Entry = Record<string, unknown>;
/** A whole number from 0 and below a limit. */
export type Random = (limit: number) => number;

/** The same numbers for the same seed, in every run (Mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

export const pick = <T>(random: Random, values: readonly T[]): T => values[random(values.length)] as T;

const UUID = '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f';
/** What goes together, and is taken from one generated entry. */
const TOGETHER =
  /^(permissioned_user_id|domain|user_name|password|tfa_.*|allow_.*|max_.*|proxy_.*|secret_.*)$/;

let made: Entry[] | undefined;

/**
 * Entries that `sealEntry` takes and that nothing can be said against: domains are origins, TOTP secrets long and
 * canonical, no credential has space around it, and every entry has a name of its own. fast-check makes a few, and
 * their settings are dealt anew for as many as are wanted: it would take half a minute for ten thousand.
 */
export function soundEntries(count: number, operation: 'create' | 'update', seed = 1): Entry[] {
  const random = randomFrom(seed);
  made ??= fc.sample(validEntry, { numRuns: 400, seed: 1 });
  const settings = made.flatMap((entry) => Object.entries(entry).filter(([name]) => !TOGETHER.test(name)));
  return Array.from({ length: count }, (_, index) => {
    const together = Object.entries(pick(random, made ?? [])).filter(([name]) => TOGETHER.test(name));
    const others = Array.from({ length: random(8) }, () => pick(random, settings));
    const entry = withoutBlemish(Object.fromEntries([...others, ...together]), index);
    return operation === 'create' ? entry : asUpdate(entry, random);
  });
}

/** The same, sealed, and through JSON, as they are sent. */
export function soundPayloads(count: number, operation: 'create' | 'update', seed?: number): Entry[] {
  return soundEntries(count, operation, seed).map((entry) => sealedOf(entry, operation));
}

export function sealedOf(entry: Entry, operation: 'create' | 'update'): Entry {
  return JSON.parse(
    JSON.stringify(sealEntry(entry as VaultEntry, KEY, { operation: operation as 'update' })),
  );
}

function withoutBlemish(entry: Entry, index: number): Entry {
  entry.permissioned_user_id += ` ${index}`;
  entry.domain = new URL(String(entry.domain)).origin;
  for (const name of ['user_name', 'password'])
    if (name in entry) entry[name] = String(entry[name]).trim() || 'x';
  if ('tfa_secret' in entry) entry.tfa_secret = TOTP;
  return entry;
}

/** Some credentials taken away, an id at times, and never nothing to update. */
function asUpdate(entry: Entry, random: Random): Entry {
  for (const name of ['user_name', 'password']) if (name in entry && random(4) === 0) entry[name] = null;
  if (random(3) === 0) entry.id = UUID;
  return { user_agent: 'Mozilla/5.0', ...entry };
}
