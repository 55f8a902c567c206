export { openEntries, preflightEntries, rotateEntries, sealEntries } from './entries.js';
export type { ImportFormat } from './import/document.js';
export { type EntryImport, type ImportOptions, importEntries } from './import/import-entries.js';
export type { SkipReason } from './import/login.js';
export type { ColumnMap } from './import/own-columns.js';
export type { ImportSource } from './import/source.js';
export type { BulkFailure, BulkItem, BulkResult } from './item.js';
export { type ReadNdjsonOptions, readNdjson } from './read-ndjson.js';
export { type WriteNdjsonOptions, writeNdjson } from './write-ndjson.js';
