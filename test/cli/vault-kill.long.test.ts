import { test } from 'vitest';
import { applyKilled, rotateKilled } from './vault-killed.js';

const MINUTES = 60_000;

test(
  'a rotation that is killed 50 times and run again leaves every entry in its place, once, and a true receipt',
  () => rotateKilled(50, 1000),
  10 * MINUTES,
);

test(
  'an apply that is killed 50 times and run again leaves every entry in its place, once',
  () => applyKilled(50, 500),
  10 * MINUTES,
);
