import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { CredsealErrorCode } from '../../src/errors.js';
import { unprotectKeys } from '../../src/key-file/index.js';
import { rejection } from '../refusal.js';
import { contentOf } from './files.js';

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly file: string;
  readonly passphrase: string;
  readonly result: 'valid' | 'invalid';
  readonly keys?: readonly string[];
  readonly code?: CredsealErrorCode;
}

const path = new URL('../../vectors/key-files.json', import.meta.url);
const { numberOfTests, notes, testGroups } = JSON.parse(await readFile(path, 'utf8'));
const vectors: Vector[] = testGroups.flatMap(({ tests }: { tests: Vector[] }) => tests);

test('the document counts its tests, explains their flags, and has many that are refused', () => {
  expect(vectors.map(({ tcId }) => tcId)).toEqual(Array.from({ length: numberOfTests }, (_, at) => at + 1));
  for (const { flags } of vectors) for (const flag of flags) expect(notes).toHaveProperty(flag);
  expect(vectors.filter(({ result }) => result === 'valid').length).toBeGreaterThanOrEqual(10);
  expect(vectors.filter(({ result }) => result === 'invalid').length).toBeGreaterThanOrEqual(40);
});

describe('vectors/key-files.json', () => {
  test.each(vectors.filter(({ result }) => result === 'valid'))(
    '$tcId, $comment: opens here, and with bare jose',
    async ({ file, passphrase, keys }) => {
      const ring = await unprotectKeys(file, passphrase);
      expect(ring.keys.map((key) => key.toHex())).toEqual(keys);
      const { set } = await contentOf(file.trimEnd(), passphrase.replace(/\p{Zs}/gu, ' ').normalize('NFC'));
      expect(set.keys.map(({ k }: { k: string }) => Buffer.from(k, 'base64url').toString('hex'))).toEqual(
        keys,
      );
    },
  );

  test.each(vectors.filter(({ result }) => result === 'invalid'))(
    '$tcId, $comment: $code',
    async ({ file, passphrase, code }) => {
      await rejection(code ?? 'ERR_KEY_FORMAT', () => unprotectKeys(file, passphrase));
    },
  );
});
