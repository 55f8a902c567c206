import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { assertPreflight, preflight } from '../../src/preflight/preflight.js';
import { refusal } from '../refusal.js';
import { findingsOf, KEY, payload, REF } from './payloads.js';

type Options = Parameters<typeof preflight>[1];

const destroyed = VaultKey.generate();
const ring = new KeyRing(KEY, [destroyed]);
destroyed.destroy();

describe('options', () => {
  it.each([
    ['none', undefined, 'ERR_KEY_FORMAT'],
    ['null', null, 'ERR_KEY_FORMAT'],
    ['a number', 5, 'ERR_KEY_FORMAT'],
    ['a key, instead of { keys }', KEY, 'ERR_KEY_FORMAT'],
    ['an array', [KEY], 'ERR_KEY_FORMAT'],
    ['no keys', {}, 'ERR_KEY_FORMAT'],
    ['keys that are null', { keys: null }, 'ERR_KEY_FORMAT'],
    ['a key in hex', { keys: KEY.toHex() }, 'ERR_KEY_FORMAT'],
    ['an array of keys', { keys: [KEY] }, 'ERR_KEY_FORMAT'],
    ['something like a ring', { keys: { current: KEY, keys: [KEY] } }, 'ERR_KEY_FORMAT'],
    ['a key that was destroyed', { keys: destroyed }, 'ERR_KEY_DESTROYED'],
    ['a ring with a key that was destroyed', { keys: ring }, 'ERR_KEY_DESTROYED'],
    ['an operation that there is not', { keys: KEY, operation: 'delete' }, 'ERR_ENTRY_INVALID'],
    ['an operation in upper case', { keys: KEY, operation: 'CREATE' }, 'ERR_ENTRY_INVALID'],
    ['an operation that is null', { keys: KEY, operation: null }, 'ERR_ENTRY_INVALID'],
    ['an operation that is a symbol', { keys: KEY, operation: Symbol('create') }, 'ERR_ENTRY_INVALID'],
    ['an operation of the prototype', { keys: KEY, operation: 'constructor' }, 'ERR_ENTRY_INVALID'],
  ] as const)('%s: refused with a code', (_, options, code) => {
    // Shaped like a sealed value, so that every key of a ring is needed.
    const given = [{ ...REF, password: '00'.repeat(40) }];
    for (const call of [preflight, assertPreflight]) {
      const error = refusal(code, () => call(given, options as never));
      expect(error.message).not.toContain(KEY.toHex());
    }
  });

  it('are looked at even where there is nothing to check', () => {
    refusal('ERR_KEY_FORMAT', () => preflight([], {} as Options));
    refusal('ERR_ENTRY_INVALID', () => preflight([], { keys: KEY, operation: 'x' } as unknown as Options));
  });

  it('an operation that is undefined is create', () => {
    expect(findingsOf(payload({ password: null }), { operation: undefined })).toEqual([
      'password: setting/type',
    ]);
  });
});
