import { readFileSync } from 'node:fs';
import { compactDecrypt } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openHandoffAt } from '../../src/handoff/open-handoff.js';
import type { HandoffPrivateKeys } from '../../src/handoff/private-keys.js';
import { refusalOf } from './tokens.js';

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly token: string;
  readonly privateKeys: HandoffPrivateKeys;
  readonly now: number;
  readonly maxAge: number;
  readonly audience?: string;
  readonly entry?: object;
  readonly result: 'valid' | 'invalid';
  readonly code?: 'ERR_HANDOFF' | 'ERR_ENTRY_INVALID';
}

// Read as text, since JSON modules are free to mend half surrogate pairs.
const document = JSON.parse(
  readFileSync(new URL('../../vectors/handoff-tokens.json', import.meta.url), 'utf8'),
);
const vectors: Vector[] = document.testGroups.flatMap(({ tests }: { tests: Vector[] }) => tests);
const valid = vectors.filter(({ result }) => result === 'valid');
const invalid = vectors.filter(({ result }) => result === 'invalid');

const open = ({ token, privateKeys, now, maxAge, audience }: Vector) =>
  openHandoffAt(now * 1000, token, privateKeys, {
    maxAge,
    ...(audience === undefined ? {} : { audience }),
  });

test('there are as many vectors as the file says, of both kinds', () => {
  expect(vectors).toHaveLength(document.numberOfTests);
  expect(valid.length).toBeGreaterThan(20);
  expect(invalid.length).toBeGreaterThan(100);
});

describe('a valid token', () => {
  test.each(valid)('opens, $tcId: $comment', async (vector) => {
    expect(await open(vector)).toEqual(vector.entry);
  });

  test.each(valid)('opens by jose alone, $tcId: $comment', async ({ token, privateKeys, entry }) => {
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    const keys = 'keys' in privateKeys ? privateKeys.keys : [privateKeys];
    const key = keys.find((candidate) => 'kid' in candidate && candidate.kid === kid) ?? keys[0];
    const { plaintext, protectedHeader } = await compactDecrypt(token, key as object);
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual(entry);
    expect(protectedHeader).toMatchObject({
      alg: 'ECDH-ES+A256KW',
      enc: 'A256GCM',
      typ: 'credseal-handoff+jwe',
    });
  });
});

describe('an invalid token is refused', () => {
  test.each(invalid)('$tcId: $comment', async (vector) => {
    const error = await refusalOf(vector.code ?? 'ERR_HANDOFF', open(vector));
    expect(error.message).not.toMatch(/ada|horse|hunter2/);
    if (vector.code === 'ERR_ENTRY_INVALID') expect(error.issues?.length).toBeGreaterThan(0);
  });
});

// What is only found out with a key: it does not open, or what is inside is not what it should be.
const WITH_KEY = /does not open|is sealed to the key|of another curve|is no point|it opens, but/;

describe('before any cryptography', () => {
  const methods = ['digest', 'importKey', 'deriveBits', 'unwrapKey', 'decrypt', 'exportKey'] as const;
  const calls = () => methods.filter((method) => vi.mocked(crypto.subtle[method]).mock.calls.length > 0);
  beforeEach(() => {
    for (const method of methods) vi.spyOn(crypto.subtle, method);
  });
  afterEach(() => vi.restoreAllMocks());

  test.each(invalid)('or with a key, $tcId: $comment', async (vector) => {
    const { code, message } = await refusalOf(vector.code ?? 'ERR_HANDOFF', open(vector));
    const needsKey = code === 'ERR_ENTRY_INVALID' || WITH_KEY.test(message);
    expect(calls().length > 0).toBe(needsKey);
  });

  test.each([
    'Algorithm',
    'Encryption',
    'Compression',
    'Extension',
    'KeyInside',
    'UnknownMember',
    'Type',
    'Duplicate',
    'TokenId',
    'Audience',
    'Clock',
    'Structure',
    'ShortTag',
    'PrivateKeys',
    'Options',
  ])('everything is refused that has to do with %s', async (flag) => {
    // What the entry itself has twice is known only once it is decrypted.
    const flagged = invalid.filter(
      ({ flags, comment }) => flags.includes(flag) && !comment.endsWith('of the entry twice'),
    );
    expect(flagged.length).toBeGreaterThan(0);
    for (const vector of flagged) await refusalOf('ERR_HANDOFF', open(vector));
    expect(flag === 'PrivateKeys' ? calls().filter((method) => method !== 'digest') : calls()).toEqual([]);
  });

  test('a sound token calls all of it but the export', async () => {
    for (const vector of valid.slice(0, 2)) await open(vector);
    expect(calls()).toEqual(['digest', 'importKey', 'deriveBits', 'unwrapKey', 'decrypt', 'exportKey']);
  });
});
