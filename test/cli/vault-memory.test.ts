import { expect, test } from 'vitest';
import { atLargeVault, EVERY, MOST_MB } from './large-vault.js';

// As vault-memory.long.test.ts, in short: enough to tell whether pieces of the list are kept. Beside other tests, garbage
// waits a while.
const ENTRIES = 8000;
const BESIDE_OTHERS = 1.5;

test(`two looks at a list of ${(ENTRIES * 50) / 1000} MB, and a rotation, take no memory that grows with it`, async () => {
  const { code, stderr, megabytes, written } = await atLargeVault(['vault', 'rotate'], ENTRIES);
  expect(stderr).toMatch(/^8000 entries: 40 rotated, 7960 were current before, 0 failed\./);
  expect({ code, written }).toEqual({ code: 0, written: ENTRIES / EVERY });
  expect(megabytes).toBeLessThan(MOST_MB * BESIDE_OTHERS);
});
