import { close, open, read } from 'node:fs';
import { promisify } from 'node:util';

/**
 * The bytes of a regular file, in pieces. Node's streams and promises of files would take longer to load than all else
 * that a short command does.
 *
 * @param size of a piece.
 */
export async function* fileChunks(path: string, size: number): AsyncGenerator<Uint8Array, void> {
  const fd = await promisify(open)(path, 'r');
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(size);
      const { bytesRead } = await promisify(read)(fd, chunk, 0, size, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await promisify(close)(fd);
  }
}
