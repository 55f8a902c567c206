export type { BulkFailure, BulkItem, BulkResult } from './item.js';
export type { PushDone, PushFailure, PushJournal, PushOutcome } from './push/outcome.js';
export { type PushOptions, pushEntries } from './push/push-entries.js';
