import { test } from 'vitest';
import { passesInNode24 } from './newer-node.js';

// Here, and not in npm test: it installs another Node, and starts a PostgreSQL for each of its files.
test.each([
  ['tests', 'newer-node'],
  ['long tests', 'newer-node-long'],
])('credseal/pg-boss: its %s, in a Node that pg-boss runs in', { timeout: 1_800_000 }, (_, project) =>
  passesInNode24(project),
);
