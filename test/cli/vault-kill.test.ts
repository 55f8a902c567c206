import { test } from 'vitest';
import { applyKilled, rotateKilled } from './vault-killed.js';

// vault-kill.long.test.ts does the same more often, and with more entries.

test(
  'a rotation between two manifests that is killed and run again: a true receipt, and a true manifest',
  () => rotateKilled(4, 12),
  120_000,
);

test(
  'an apply between two manifests that is killed and run again: everything as desired, and a true manifest',
  () => applyKilled(4, 6),
  120_000,
);
