import { test } from 'vitest';
import { passesInNode24 } from './newer-node.js';

test('credseal/pg-boss: its tests, in a Node that pg-boss runs in', { timeout: 600_000 }, () =>
  passesInNode24('newer-node'),
);
