import { test } from 'vitest';
import { passesInNode24 } from './newer-node.js';

test('credseal/pg-boss: its long tests, in a Node that pg-boss runs in', { timeout: 1_800_000 }, () =>
  passesInNode24('newer-node-long'),
);
