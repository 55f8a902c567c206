export { openEntries, preflightEntries, sealEntries } from './entries.js';
export type { BulkFailure, BulkItem, BulkResult } from './item.js';
export type { PushDone, PushFailure, PushJournal, PushOutcome } from './push/outcome.js';
export { type PushOptions, pushEntries } from './push/push-entries.js';
export { type ReadNdjsonOptions, readNdjson } from './read-ndjson.js';
export { type WriteNdjsonOptions, writeNdjson } from './write-ndjson.js';
