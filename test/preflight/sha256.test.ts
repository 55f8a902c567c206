import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test.each([
  ['the platform', process],
  ['@noble/hashes', undefined],
])('SHA-256 by %s', async (_, found) => {
  vi.resetModules();
  vi.stubGlobal('process', found);
  const { sha256Hex } = await import('../../src/preflight/sha256.js');
  vi.unstubAllGlobals();
  for (const text of ['', 'abc', 'Zoë 🔐', '\ud800'])
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
});
