import { test } from 'vitest';
import { applyKilled, rotateKilled } from './vault-killed.js';

// As vault-kill.long.test.ts, in short.

test('a rotation that is killed 3 times and run again leaves every entry in its place, once, and a true receipt', () =>
  rotateKilled(3, 40));

test('an apply that is killed 3 times and run again leaves every entry in its place, once', () =>
  applyKilled(3, 20));
