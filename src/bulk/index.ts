/**
 * Seals, checks, sends and imports many entries as streams.
 *
 * @module credseal/bulk
 */

export type { RefusalReason } from './authenticators/account.js';
export type { LeftReason } from './authenticators/join.js';
export { openEntries, preflightEntries, rotateEntries, sealEntries } from './entries.js';
export type { ImportFormat } from './import/export-document.js';
export { type EntryImport, importEntries } from './import/import-entries.js';
export type { ImportOptions } from './import/import-options.js';
export type { TotpJoin, TotpMap, UnjoinedAccount } from './import/join-totp.js';
export type { SkipReason } from './import/login.js';
export type { ColumnMap } from './import/own-columns.js';
export type { ImportSource } from './import/source.js';
export type { BulkFailure, BulkItem, BulkResult } from './item.js';
export type { PushDone, PushFailure, PushJournal, PushOutcome } from './push/outcome.js';
export { type PushOptions, pushEntries } from './push/push-entries.js';
export { type ReadNdjsonOptions, readNdjson } from './read-ndjson.js';
export { type WriteNdjsonOptions, writeNdjson } from './write-ndjson.js';
