import { expect } from 'vitest';
import { openEntry, type StoredEntry } from '../../src/entry/open-entry.js';
import { type SealOptions, sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import type { Issue } from '../../src/errors.js';
import type { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { refusal } from '../refusal.js';

export const KEY = VaultKey.fromHex('0123456789abcdef'.repeat(4));
export const OTHER_KEY = VaultKey.fromHex('fedcba9876543210'.repeat(4));
/** 128 bits of base32 in canonical form. */
export const TOTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEE';
/** The least that an entry is. */
export const REF = { permissioned_user_id: 'user-1', domain: 'https://example.com' };

/** `sealEntry` without its types, for what only JSON or a caller in JavaScript can hand in. */
export function seal(
  entry: unknown,
  options?: unknown,
  key: VaultKey | KeyRing = KEY,
): Record<string, unknown> {
  return { ...sealEntry(entry as VaultEntry, key, options as SealOptions) };
}

/** Seals, sends through JSON, and opens again: what the vault would hand back, in plain text. */
export function sealAndOpen(entry: unknown, options?: unknown): Record<string, unknown> {
  return open(JSON.parse(JSON.stringify(seal(entry, options))));
}

/** `openEntry` without its types. */
export function open(stored: unknown, keys: VaultKey | KeyRing = KEY): Record<string, unknown> {
  return openEntry(stored as StoredEntry, keys);
}

/** The issues of an entry that must be refused as invalid. */
export function issuesOf(entry: unknown, options?: unknown, key?: VaultKey | KeyRing): readonly Issue[] {
  const { issues } = refusal('ERR_ENTRY_INVALID', () => seal(entry, options, key));
  expect(issues).toBeDefined();
  return issues ?? [];
}

/** The same as `path: rule`, sorted, since the order of issues is nobody's business. */
export function faultsOf(entry: unknown, options?: unknown, key?: VaultKey | KeyRing): string[] {
  return issuesOf(entry, options, key)
    .map(({ path, rule }) => `${path}: ${rule}`)
    .sort();
}
