import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unprotectKeys } from '../../src/key-file/index.js';
import { expectHidden, rejection } from '../refusal.js';
import { rounds } from '../rounds.js';
import { fileOf, KEY, PASSPHRASE, withPart } from './files.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const EACH = rounds(8, 1);
const [file, other] = await Promise.all([fileOf(), fileOf()]);
const parts = file.split('.');
const NAMES = ['header', 'encrypted key', 'IV', 'ciphertext', 'tag'];

async function expectRefused(changed: string): Promise<void> {
  const error = await rejection('ERR_KEY_FILE', () => unprotectKeys(changed, PASSPHRASE));
  expectHidden(error, PASSPHRASE);
  expectHidden(error, KEY.toHex());
}

describe.each(NAMES.map((name, index) => ({ name, index })))('the $name', ({ index }) => {
  const part = parts[index] ?? '';

  test('with any character exchanged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: part.length - 1 }),
        fc.constantFrom(...ALPHABET),
        async (at, character) => {
          fc.pre(part[at] !== character);
          await expectRefused(withPart(file, index, part.slice(0, at) + character + part.slice(at + 1)));
        },
      ),
      { numRuns: rounds(4, 20) },
    );
  });

  test('with its last character exchanged for any other', async () => {
    for (const character of Array.from(ALPHABET).filter((_, at) => at % EACH === 0))
      if (!part.endsWith(character))
        await expectRefused(withPart(file, index, part.slice(0, -1) + character));
  });

  test('with anything taken out, put in or put behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: part.length }),
        fc.nat({ max: 4 }),
        fc.string({ maxLength: 4 }),
        async (at, count, text) => {
          const changed = part.slice(0, at) + text + part.slice(at + count);
          fc.pre(changed !== part);
          // One line break behind the whole file is the one thing that changes nothing.
          fc.pre(!/^\r?\n$/.test(withPart(file, index, changed).slice(file.length)));
          await expectRefused(withPart(file, index, changed));
        },
      ),
      { numRuns: rounds(4, 20) },
    );
  });

  test('of another file with the same keys and passphrase', async () => {
    await expectRefused(withPart(file, index, other.split('.')[index] ?? ''));
  });
});

test('parts that exchange bytes with their neighbours', async () => {
  const [header, encryptedKey, iv, ciphertext = '', tag = ''] = parts;
  await expectRefused([header, encryptedKey, iv, ciphertext + tag.slice(0, 4), tag.slice(4)].join('.'));
  await expectRefused(
    [header, encryptedKey, iv, ciphertext.slice(0, -4), ciphertext.slice(-4) + tag].join('.'),
  );
});

test('any text at all: refused, or never opened', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.stringMatching(/^[\w-]{0,40}(\.[\w-]{0,40}){4}$/)),
      expectRefused,
    ),
    { numRuns: 500 },
  );
});

test('the file itself opens', async () => {
  expect((await unprotectKeys(file, PASSPHRASE)).keys).toHaveLength(2);
});
