import type { FileEntry } from '@zip.js/zip.js';
import { CredsealError } from '../../errors.js';
import { notAnEntry } from '../item.js';
import { PROTON_ENCRYPTED } from './json-others.js';
import { chunksOf, collect, type ImportSource } from './source.js';
import type * as Zip from './zip-reader.js';

/** An archive is held in memory, unless it is a Blob. Exports without attachments are a few megabytes. */
const LARGEST_ARCHIVE = 512 * 2 ** 20;
/** What comes out of an archive is held in memory too: a million entries of 1PUX are about as large. */
const LARGEST_FILE = 256 * 2 ** 20;
/** JSON and CSV shrink to a tenth, with many items alike to a fiftieth; deflate can make a thousandth of nothing. */
const HIGHEST_RATIO = 200;
/** Below, whatever the ratio says is harmless. */
const SMALL = 2 ** 20;
/** A 1PUX archive has a file for each attachment. */
const MOST_FILES = 100_000;

/**
 * Takes the one file out of a ZIP archive that has one of these names, and looks at no other.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if the archive is damaged, encrypted or hostile (names that lead outside,
 *   absurd sizes, files that overlap, a directory that contradicts the files), or if it has none of the names, or two
 */
export async function fileFromZip(
  source: ImportSource,
  names: readonly string[],
): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const zip = await import('./zip-reader.js');
  const reader =
    source instanceof Blob
      ? new zip.BlobReader(source)
      : new zip.Uint8ArrayReader(
          await collect(chunksOf(source.stream()), LARGEST_ARCHIVE, ARCHIVE_TOO_LARGE),
        );
  const archive = new zip.ZipReader(reader, {
    useWebWorkers: false,
    checkCrc32: true,
    checkOverlappingEntry: true,
    // Names that lead outside, and local headers that contradict the directory, are refused.
    strictness: 'balanced',
    filenameValidation: 'balanced',
    checkLocalFilename: true,
  });
  try {
    const files: FileEntry[] = [];
    let count = 0;
    let encrypted: string | undefined;
    for await (const entry of archive.getEntriesGenerator()) {
      count += 1;
      if (count > MOST_FILES) throw notAnEntry(`The ZIP archive has more than ${MOST_FILES} files.`);
      encrypted ??= ENCRYPTED[entry.filename];
      if (!entry.directory && names.includes(entry.filename)) files.push(entry);
    }
    const [file, another] = files;
    if (file === undefined)
      throw notAnEntry(
        encrypted ??
          `The ZIP archive has no ${names.join(' and no ')} in it: it is no export that is known. Unpack it, and import the file inside.`,
      );
    if (another !== undefined)
      throw notAnEntry(
        'The ZIP archive has more than one export in it: unpack it, and import the files by themselves.',
      );
    return { name: file.filename, bytes: await inflated(file) };
  } catch (error) {
    throw error instanceof CredsealError ? error : refusal(error, zip);
  } finally {
    await archive.close();
  }
}

/** Files that products put into archives in place of an export, and what to do about them. */
const ENCRYPTED: Readonly<Record<string, string>> = { 'Proton Pass/data.pgp': PROTON_ENCRYPTED };

const ARCHIVE_TOO_LARGE = `The ZIP archive is larger than ${LARGEST_ARCHIVE / 2 ** 20} MiB. Unpack it, and import the file inside.`;

async function inflated(file: FileEntry): Promise<Uint8Array<ArrayBuffer>> {
  if (file.encrypted)
    throw notAnEntry(
      `The ${file.filename} in the ZIP archive is encrypted. Export without a password, or unpack it first.`,
    );
  const tooLarge = `The ${file.filename} in the ZIP archive is larger than ${LARGEST_FILE / 2 ** 20} MiB unpacked, or more than ${HIGHEST_RATIO} times its packed size: this is not an export.`;
  // What the directory says is checked again in reading: it may say anything.
  const limit = Math.min(LARGEST_FILE, Math.max(SMALL, file.compressedSize * HIGHEST_RATIO));
  if (file.uncompressedSize > limit) throw notAnEntry(tooLarge);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [bytes] = await Promise.all([collect(chunksOf(readable), limit, tooLarge), file.getData(writable)]);
  return bytes;
}

/** By what zip.js says, which never has to do with the contents. */
function refusal(error: unknown, zip: typeof Zip): CredsealError {
  const outside =
    'has a file whose name leads outside of it (../, or an absolute path): this is not an export';
  const contradiction =
    'contradicts itself, so that two programs may read it differently: this is not an export';
  const encrypted = 'is encrypted. Export without a password, or unpack it first';
  const problems = new Map([
    [zip.ERR_UNSAFE_FILENAME, outside],
    [zip.ERR_AMBIGUOUS_ARCHIVE, contradiction],
    [zip.ERR_OVERLAPPING_ENTRY, contradiction],
    [zip.ERR_INVALID_UNCOMPRESSED_SIZE, contradiction],
    [zip.ERR_ENCRYPTED, encrypted],
    [zip.ERR_UNSUPPORTED_ENCRYPTION, encrypted],
    [zip.ERR_ENCRYPTED_CENTRAL_DIRECTORY, encrypted],
    [zip.ERR_SPLIT_ZIP_FILE, 'is one part of several. Export again, in one file'],
    [zip.ERR_UNSUPPORTED_COMPRESSION, 'is compressed in an uncommon way. Unpack it first'],
  ]);
  const said = error instanceof Error ? problems.get(error.message) : undefined;
  return notAnEntry(`The ZIP archive ${said ?? 'is damaged or cut off. Export again'}.`);
}
