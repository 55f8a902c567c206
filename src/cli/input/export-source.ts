import { createReadStream, stat } from 'node:fs';
import { promisify } from 'node:util';
import type { ImportSource } from '../../bulk/import/source.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { fileChunks } from './file-chunks.js';
import { unread } from './read.js';

/** An export that is read twice, and how much of both readings is done. */
export interface ExportSource extends ImportSource {
  /** How many bytes were read so far, in all readings. */
  readonly bytesRead: () => number;
  /** How large it is. */
  readonly size: number;
}

/** What cannot be read twice is held in memory, and up to this size. */
const MAX_HELD_BYTES = 512 * 2 ** 20;
/** Larger ones outlive two collections while their rows are read, and are kept until a rare one. */
const CHUNK_BYTES = 32 * 2 ** 10;

/**
 * Opens an export: a file is read in pieces, as often as it takes; standard input and pipes are held in memory, since
 * they can be read once only.
 *
 * @param name what the file is on the command line, for messages.
 */
export async function openExport(file: string, context: Context, name = 'FILE'): Promise<ExportSource> {
  const isStdin = file === '-';
  const role = isStdin ? 'Standard input' : name;
  if (isStdin && context.stdin.isTTY)
    context.stderr.write('Reading from the terminal; end with Ctrl-D on a line of its own.\n');
  const open = () =>
    isStdin ? context.stdin : createReadStream(located(file, context), { highWaterMark: CHUNK_BYTES });
  const found = isStdin ? undefined : await readable(() => promisify(stat)(located(file, context)), role);
  if (found?.isFile())
    return counted(found.size, () => fileChunks(located(file, context), CHUNK_BYTES), role);
  const held: Uint8Array[] = [];
  let size = 0;
  await readable(async () => {
    for await (const chunk of open() as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MAX_HELD_BYTES) throw new CliError(EXIT.input, TOO_LARGE);
      held.push(chunk);
    }
  }, role);
  return counted(size, () => held, role);
}

const TOO_LARGE = `What is piped in is larger than ${MAX_HELD_BYTES / 2 ** 20} MiB, and held in memory. Name the file instead: it is read in pieces.`;

function counted(
  size: number,
  open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  role: string,
): ExportSource {
  let bytes = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of open()) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  return {
    size,
    bytesRead: () => bytes,
    stream() {
      const reading = chunks();
      return new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            const { done, value } = await readable(() => reading.next(), role);
            if (done) controller.close();
            else controller.enqueue(value);
          },
          async cancel() {
            await reading.return(undefined);
          },
        },
        { highWaterMark: 0 },
      );
    },
  };
}

async function readable<T>(read: () => Promise<T>, role: string): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unread(role, error);
  }
}
