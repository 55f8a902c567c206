import type { LeftBehind } from './left-behind.js';
import type { ExportRecord } from './login.js';
import type { ColumnMap } from './own-columns.js';
import type { KnownFormatName } from './recognise.js';

/** What an export is; `csv` is a CSV file of one's own, with a map of its columns. */
export type ImportFormat = KnownFormatName | 'csv' | 'pass';

/** An export that is recognised. Its records can be read more than once, and are the same each time. */
export interface ExportDocument {
  readonly format: ImportFormat;
  /** The columns that nothing is read of: they are looked at in the first reading. */
  readonly leftBehind?: LeftBehind;
  /** The records in order, in batches as they come. */
  batches(): AsyncIterable<readonly ExportRecord[]>;
}

/** How a document is opened. */
export interface DocumentSettings {
  readonly from: ImportFormat | 'auto';
  readonly map: ColumnMap | undefined;
  readonly ignoreColumns: readonly string[];
}
