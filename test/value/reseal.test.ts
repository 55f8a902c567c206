import { describe, expect, test, vi } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, resealValue, sealValue } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';

// The real backend, which a test below makes fail: hardware that miscomputes cannot be had otherwise.
const fault = vi.hoisted(() => ({ change: undefined as ((sealed: string) => string) | undefined }));
vi.mock('#aes-gcm', async (importOriginal) => {
  const backend = await importOriginal<typeof import('#aes-gcm')>();
  const encryptToHex: typeof backend.encryptToHex = (...args) => {
    const sealed = backend.encryptToHex(...args);
    return fault.change?.(sealed) ?? sealed;
  };
  return { ...backend, encryptToHex };
});

const previous = VaultKey.generate();
const ring = new KeyRing(VaultKey.generate(), [previous]);

describe('the proof of a resealed value', () => {
  test('passes where the backend works', () => {
    const resealed = resealValue(sealValue('hunter2-secret', previous), ring);
    expect(openValue(resealed, ring.current)).toBe('hunter2-secret');
  });

  test.each<[string, (sealed: string) => string]>([
    ['does not open', (sealed) => sealed.slice(0, -2) + (sealed.endsWith('00') ? '01' : '00')],
    ['opens as something else', () => other],
  ])('fails where the new value %s, so that the old one is kept', (_, change) => {
    const sealed = sealValue('hunter2-secret', previous);
    fault.change = change;
    try {
      expectHidden(
        refusal('ERR_OPEN_FAILED', () => resealValue(sealed, ring)),
        'hunter2-secret',
      );
    } finally {
      fault.change = undefined;
    }
  });
});

const other = sealValue('something else', ring.current);
