// A process of its own, that does with a key each what is done with keys, destroys them, and looks for them in its own
// memory. It is given the keys masked, and masks what it looks for, so that it has no copy that is not credseal's.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openEntry, sealEntry } from '../../../src/index.js';
import { KeyRing } from '../../../src/key/key-ring.js';
import { VaultKey } from '../../../src/key/vault-key.js';
import { protectKeys } from '../../../src/key-file/protect-keys.js';
import { unprotectKeys } from '../../../src/key-file/unprotect-keys.js';
import { openValue, sealValue } from '../../../src/value/sealed-value.js';
import type { Found, Given } from './given.js';

const { masks, repetitions }: Given = JSON.parse(process.argv[2] ?? '');
const MASK = 0x5a;

/** The bytes of a key, where the engine never moves them. */
function bytesOf(masked: readonly number[]): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(masked.length);
  for (const [at, byte] of masked.entries()) bytes[at] = byte ^ MASK;
  return bytes;
}

function fromBytes(masked: readonly number[]): VaultKey {
  const bytes = bytesOf(masked);
  const key = VaultKey.fromBytes(bytes);
  bytes.fill(0);
  return lived(key);
}

/** A key that has been there for a while: the engine has moved what it moves. */
function lived(key: VaultKey): VaultKey {
  globalThis.gc?.();
  globalThis.gc?.();
  return key;
}

/** As its owner has it: a text that nobody can wipe. */
const textOf = (masked: readonly number[], encoding: 'hex' | 'base64url') => {
  const bytes = bytesOf(masked);
  const text = (bytes as Buffer).toString(encoding);
  bytes.fill(0);
  return text;
};

/** What is left to be found of a key that is never destroyed. */
const kept: unknown[] = [];
const ENTRY = { permissioned_user_id: 'user-1', domain: 'https://shop.example', password: 'hunter2' };

/** What is done with a key before it is destroyed, with what is given of it. */
const scenarios: Readonly<Record<string, (masked: readonly number[]) => unknown>> = {
  'kept as bytes': (masked) => kept.push(fromBytes(masked)),
  'kept as hex': (masked) => kept.push(textOf(masked, 'hex')),
  fromBytes: (masked) => fromBytes(masked).destroy(),
  'fromBytes, sealValue': (masked) => {
    const key = fromBytes(masked);
    sealValue('hunter2', key);
    key.destroy();
  },
  'fromBytes, everything': (masked) => {
    const key = fromBytes(masked);
    openValue(sealValue('hunter2', key, { padTo: 64 }), key);
    openEntry(sealEntry(ENTRY, key), key);
    String(key);
    key.destroy();
  },
  fromHex: (masked) => {
    const key = lived(VaultKey.fromHex(textOf(masked, 'hex')));
    sealValue('hunter2', key);
    key.destroy();
  },
  fromEnv: (masked) => {
    const key = lived(VaultKey.fromEnv({ CLOUDCRUISE_ENCRYPTION_KEY: textOf(masked, 'hex') }));
    sealValue('hunter2', key);
    key.destroy();
  },
  'fromJwk, toJwk': (masked) => {
    const key = lived(VaultKey.fromJwk({ kty: 'oct', k: textOf(masked, 'base64url') }));
    sealValue('hunter2', key);
    key.toJwk();
    key.destroy();
  },
  KeyRing: (masked) => {
    const [key, other] = [fromBytes(masked), VaultKey.generate()];
    const ring = new KeyRing(other, [key, key]);
    openValue(sealValue('hunter2', key), ring);
    key.destroy();
  },
  'protectKeys, unprotectKeys': async (masked) => {
    const key = fromBytes(masked);
    const file = await protectKeys(key, 'correct horse battery');
    key.destroy();
    const ring = await unprotectKeys(file, 'correct horse battery');
    sealValue('hunter2', lived(ring.current));
    ring.current.destroy();
  },
};

/** Where each of these masked patterns is, in all memory that this process writes to. */
function search(patterns: readonly (readonly number[])[]): number[] {
  const found = patterns.map(() => 0);
  const byFirst = new Map<number, number[]>();
  for (const [index, [first = 0]] of patterns.entries())
    byFirst.set(first, [...(byFirst.get(first) ?? []), index]);
  const isFirst = Uint8Array.from({ length: 256 }, (_, byte) => (byFirst.has(byte ^ MASK) ? 1 : 0));
  const maps = readFileSync('/proc/self/maps', 'latin1');
  const memory = openSync('/proc/self/mem', 'r');
  const chunk = Buffer.allocUnsafeSlow(1 << 20);
  for (const [, from = '', to = ''] of maps.matchAll(/^([\da-f]+)-([\da-f]+) rw.. (?!.*\[vv)/gm)) {
    const end = Number.parseInt(to, 16);
    for (let at = Number.parseInt(from, 16); at < end; at += chunk.length - 64) {
      let length = 0;
      try {
        length = readSync(memory, chunk, 0, Math.min(chunk.length, end - at), at);
      } catch {
        // Memory that was given back since, or of a device.
        break;
      }
      for (let start = 0; start < length; start++) {
        if (isFirst[chunk[start] as number] === 0) continue;
        for (const index of byFirst.get((chunk[start] as number) ^ MASK) ?? []) {
          const pattern = patterns[index] as readonly number[];
          let same = 0;
          while (same < pattern.length && ((chunk[start + same] as number) ^ MASK) === pattern[same]) same++;
          if (same === pattern.length) found[index] = (found[index] as number) + 1;
        }
      }
      if (length < Math.min(chunk.length, end - at)) break;
    }
  }
  chunk.fill(0);
  closeSync(memory);
  return found;
}

/** The hex digits of a masked key, masked. */
const hexOf = (masked: readonly number[]) =>
  masked.flatMap((byte) =>
    [(byte ^ MASK) >> 4, (byte ^ MASK) & 15].map((digit) => digit.toString(16).charCodeAt(0) ^ MASK),
  );

const used = Object.keys(scenarios).map((name, index) => ({
  name,
  masked: masks.slice(index * repetitions, (index + 1) * repetitions),
}));
for (const { name, masked } of used) for (const mask of masked) await scenarios[name]?.(mask);
for (let collection = 0; collection < 8; collection++) {
  globalThis.gc?.();
  await setImmediate();
}
const counts = search(masks.flatMap((mask) => [mask, hexOf(mask)]));
const result: Found = {};
for (const [index, { name }] of used.entries()) {
  const mine = counts.slice(2 * index * repetitions, 2 * (index + 1) * repetitions);
  result[name] = {
    bytes: mine.filter((count, at) => at % 2 === 0 && count > 0).length,
    hex: mine.filter((count, at) => at % 2 === 1 && count > 0).length,
  };
}
process.stdout.write(JSON.stringify(result));
