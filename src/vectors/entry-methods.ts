import { hexToBytes } from '@noble/ciphers/utils.js';
import { type IntervalParts, intervalSeconds, toInterval } from '../entry/interval.js';
import { openEntry, type StoredEntry } from '../entry/open-entry.js';
import { type SealOptions, sealEntry, sealEntryBy, type VaultEntry } from '../entry/seal-entry.js';
import { KeyRing } from '../key/key-ring.js';
import { VaultKey } from '../key/vault-key.js';
import { preflight } from '../preflight/preflight.js';
import { sealValueWithIv } from '../value/sealed-value.js';
import type { Method } from './method.js';

/** A ring of keys in hex, the current one first. */
export function ringOf(keys: unknown): KeyRing {
  const [current, ...previous] = (keys as string[]).map((hex) => VaultKey.fromHex(hex));
  return new KeyRing(current as VaultKey, previous);
}

/** Settings, entries and payloads. */
export const entryMethods: Readonly<Record<string, Method>> = {
  parseInterval: {
    given: ['interval'],
    expected: ['seconds'],
    answer: ({ interval }) => ({ seconds: intervalSeconds(toInterval(interval as string)) }),
  },
  writeInterval: {
    given: ['parts'],
    expected: ['interval'],
    answer: ({ parts }) => ({ interval: toInterval(parts as IntervalParts) }),
  },
  checkDomain: {
    given: ['domain'],
    expected: ['domain'],
    answer: ({ domain }) => {
      const entry = { permissioned_user_id: 'user-1', domain: domain as string };
      return { domain: sealEntry(entry, VaultKey.fromBytes(new Uint8Array(32))).domain };
    },
  },
  sealEntry: {
    given: ['key', 'ivs', 'entry', 'operation', 'padTo', 'allowUnknown'],
    expected: ['sealedEntry'],
    details: ['issues'],
    answer: ({ key, ivs, entry, ...options }) => {
      const ivOf = (field: string) => hexToBytes((ivs as Record<string, string>)[field] as string);
      return {
        sealedEntry: sealEntryBy(
          (value, own, { padTo }, field) => sealValueWithIv(value, own, ivOf(field), padTo),
          entry as VaultEntry,
          VaultKey.fromHex(key as string),
          options as SealOptions,
        ),
      };
    },
  },
  openEntry: {
    given: ['key', 'sealedEntry'],
    expected: ['opened'],
    details: ['field'],
    answer: ({ key, sealedEntry }) => ({
      opened: openEntry(sealedEntry as StoredEntry, VaultKey.fromHex(key as string)),
    }),
  },
  preflight: {
    given: ['keys', 'operation', 'payload'],
    expected: ['findings'],
    details: ['findings'],
    answer: ({ keys, operation, payload }) => {
      const report = preflight(payload, {
        keys: keys === 'none' ? keys : ringOf(keys),
        operation: operation as 'create' | 'update',
      });
      const findings = report.findings.map(({ rule, severity, path }) => ({ rule, severity, path }));
      return report.ok ? { findings } : { error: 'ERR_PREFLIGHT', findings };
    },
  },
};
