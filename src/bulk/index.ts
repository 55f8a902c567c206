export { openEntries, preflightEntries, rotateEntries, sealEntries } from './entries.js';
export type { BulkFailure, BulkItem, BulkResult } from './item.js';
export { type ReadNdjsonOptions, readNdjson } from './read-ndjson.js';
export { type WriteNdjsonOptions, writeNdjson } from './write-ndjson.js';
