import { expect, test } from 'vitest';
import type { BulkItem } from '../../src/bulk/index.js';
import type { SealedEntry } from '../../src/entry/seal-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { type ChunkOptions, chunkEntries } from '../../src/queue/index.js';
import { everything, streamOf } from '../bulk/streams.js';
import { KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { entryOf, MARK, sealedOf } from './jobs.js';

const items = (entries: readonly unknown[]) =>
  entries.map((value, index): BulkItem<SealedEntry> => ({ line: index + 1, value: value as SealedEntry }));
const chunked = (entries: readonly unknown[], options?: ChunkOptions, keys: KeyRing | typeof KEY = KEY) =>
  everything(streamOf(items(entries)).pipeThrough(chunkEntries(keys, options)));

test('a stream is cut into chunks that keep order and lines', async () => {
  const entries = sealedOf(120);
  const chunks = await chunked(entries);
  const sizes = chunks.map((chunk) => ('entries' in chunk ? chunk.entries.length : 0));
  expect(sizes).toEqual([50, 50, 20]);
  expect(chunks.flatMap((chunk) => ('entries' in chunk ? chunk.entries : []))).toEqual(entries);
  expect(chunks[1]).toMatchObject({ lines: entries.slice(50, 100).map((_, index) => 51 + index) });
});

test('what is wrong with several entries is found over all chunks, not within one', async () => {
  const entries = sealedOf(10);
  const [first] = entries as [SealedEntry];
  const chunks = await chunked(
    [
      ...entries,
      { ...sealEntry(entryOf('thief'), KEY), password: first.password },
      sealEntry(entryOf('user-0'), KEY),
    ],
    { size: 3 },
  );
  const failures = chunks.flatMap((chunk) => ('error' in chunk ? chunk.error : []));
  expect(failures.map(({ report }) => report?.findings[0]?.rule)).toEqual([
    'credential/copied',
    'batch/duplicate-entry',
  ]);
  expect(failures[0]?.message).toContain('line 1');
  expect(chunks.flatMap((chunk) => ('entries' in chunk ? chunk.entries : []))).toHaveLength(10);
});

test('plain text, and values under a previous key, come into no chunk', async () => {
  const ring = new KeyRing(KEY, [OTHER_KEY]);
  const chunks = await chunked([entryOf('plain'), sealEntry(entryOf('old'), OTHER_KEY)], {}, ring);
  expect(chunks.map((chunk) => 'error' in chunk && chunk.error.code)).toEqual([
    'ERR_PREFLIGHT',
    'ERR_PREFLIGHT',
  ]);
  expect(JSON.stringify(chunks)).not.toContain(MARK);
});

test('large entries make chunks of fewer', async () => {
  const large = Array.from({ length: 3 }, (_, index) =>
    sealEntry(entryOf(`user-${index}`, { local_storage: { large: 'x'.repeat(600_000) } }), KEY),
  );
  expect(await chunked(large)).toHaveLength(3);
});
