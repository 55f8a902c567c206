import { readFileSync } from 'node:fs';
import {
  type BulkItem,
  type EntryImport,
  type ImportOptions,
  type ImportSource,
  importEntries,
} from '../../../src/bulk/index.js';
import { readStream } from '../../../src/bulk/read-stream.js';
import type { VaultEntry } from '../../../src/index.js';

/** The exports of the tests: the files, by format. */
export const files: Readonly<Record<string, readonly string[]>> = {
  chrome: ['chrome.csv'],
  firefox: ['firefox.csv'],
  apple: ['apple.csv'],
  '1password': ['1password.csv'],
  '1pux': ['1pux.1pux', '1pux.export.data.json'],
  bitwarden: ['bitwarden.csv'],
  'bitwarden-json': ['bitwarden-json.json', 'bitwarden-json.zip'],
  lastpass: ['lastpass.csv'],
  keepassxc: ['keepassxc.csv'],
  protonpass: ['protonpass.csv'],
  dashlane: ['dashlane.csv', 'dashlane.zip'],
  '1password7': ['1password7.csv'],
  nordpass: ['nordpass.csv'],
  roboform: ['roboform.csv'],
  keepass1: ['keepass1.csv'],
  keeper: ['keeper.csv'],
  'keeper-json': ['keeper-json.json'],
  enpass: ['enpass.json'],
  'protonpass-json': ['protonpass-json.json', 'protonpass-json.zip'],
  bw: ['bw.json', 'bw.response.json'],
  op: ['op.json', 'op.several.json'],
  'keepass-xml': ['keepass-xml.xml'],
};

export const pathOf = (name: string) => new URL(`fixtures/${name}`, import.meta.url);
export const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(pathOf(name)));

/** What a reader of IMPORT-FORMATS.md expects of an export, written by hand beside it. */
export interface Expected {
  readonly format: string;
  readonly rows: number;
  readonly skipped: Readonly<Record<string, number>>;
  /** Rows that another one takes the place of, with that row. */
  readonly superseded: Readonly<Record<string, number>>;
  /** Rows that fail, with the rule that they break. */
  readonly failed: Readonly<Record<string, string>>;
  readonly items: readonly BulkItem<VaultEntry>[];
}

export const expectedOf = (format: string): Expected =>
  JSON.parse(readFileSync(pathOf(`${format}.expected.json`), 'utf8'));

/** A source whose chunks are of this size. */
export function inChunks(bytes: Uint8Array, size: number): ImportSource {
  return {
    stream() {
      let at = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(at, at + size));
          at += size;
        },
      });
    },
  };
}

export const sourceOf = (content: string | Uint8Array<ArrayBuffer>): Blob => new Blob([content]);

export interface Imported extends Omit<EntryImport, 'items'> {
  readonly items: readonly BulkItem<VaultEntry>[];
}

/** An import with its items read to the end. */
export async function imported(
  content: string | Uint8Array<ArrayBuffer> | ImportSource,
  options?: ImportOptions,
): Promise<Imported> {
  const isContent = typeof content === 'string' || content instanceof Uint8Array;
  const found = await importEntries(isContent ? sourceOf(content) : content, options);
  const items: BulkItem<VaultEntry>[] = [];
  for await (const item of readStream(found.items)) items.push(item);
  return { ...found, items };
}

/** The entries alone. */
export const entriesOf = ({ items }: Imported): VaultEntry[] =>
  items.flatMap((item) => ('value' in item ? [item.value] : []));

/** What became of an export, in the form of {@link Expected}. */
export function asExpected({ format, rows, skipped, superseded, items }: Imported): Expected {
  return {
    format,
    rows,
    skipped,
    superseded: Object.fromEntries(superseded),
    failed: Object.fromEntries(
      items.flatMap((item) => ('error' in item ? [[item.line, item.error.issues?.[0]?.rule ?? '']] : [])),
    ),
    items: items.filter((item) => 'value' in item),
  };
}
