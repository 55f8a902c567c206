import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CredsealError } from '../../src/errors.js';
import { openHandoff } from '../../src/handoff/open-handoff.js';
import { sealHandoff } from '../../src/handoff/seal-handoff.js';
import { rounds } from '../rounds.js';
import { curves, ENTRY, openedByJose, refusalOf } from './tokens.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PARTS = ['header', 'wrapped key', 'IV', 'ciphertext', 'tag'];

describe.each(curves)('a token under %s', (_, { publicJwk, privateJwk }) => {
  const seal = (entry = ENTRY) => sealHandoff(entry, publicJwk, { expiresIn: 600 });
  const open = (token: string) => openHandoff(token, privateJwk, { maxAge: 600 });
  const isRefused = async (token: string) => {
    const error = await refusalOf('ERR_HANDOFF', open(token));
    expect(error.message).not.toMatch(/horse|Zoë/);
  };

  test('opens as it is', async () => {
    expect(await open(await seal())).toEqual(ENTRY);
  });

  test.each(PARTS.map((name, part) => [name, part] as const))(
    'opens with no character of its %s changed, to any other',
    async (_name, part) => {
      const parts = (await seal()).split('.');
      const text = parts[part] ?? '';
      // Of long parts some places, but always the ends; of the last character every other, since it has spare bits.
      const step = Math.max(1, Math.floor(text.length / 60));
      const places = Array.from(text, (_character, at) => at).filter(
        (at) => at % step === 0 || at > text.length - 3,
      );
      for (const at of places) {
        const others =
          at === text.length - 1
            ? [...ALPHABET]
            : [ALPHABET[(ALPHABET.indexOf(text[at] ?? '') + 1 + (at % 62)) % 64] ?? ''];
        for (const other of others.filter((character) => character !== text[at])) {
          await isRefused(parts.with(part, text.slice(0, at) + other + text.slice(at + 1)).join('.'));
        }
      }
    },
  );

  test('opens with nothing inserted, removed or exchanged, anywhere', async () => {
    const token = await seal();
    const other = await seal();
    const place = fc.nat({ max: token.length });
    const change = fc.oneof(
      fc
        .tuple(
          place,
          fc.string({
            minLength: 1,
            maxLength: 3,
            unit: fc.constantFrom(...ALPHABET, '.', '=', '+', ' ', '\n', '\0', 'é'),
          }),
        )
        .map(([at, text]) => token.slice(0, at) + text + token.slice(at)),
      fc
        .tuple(place, fc.integer({ min: 1, max: 8 }))
        .map(([at, length]) => token.slice(0, at) + token.slice(at + length)),
      fc.tuple(place, place).map(([a, b]) => token.slice(0, a) + token.slice(b)),
      fc
        .array(fc.tuple(fc.nat(4), fc.boolean()), { minLength: 5, maxLength: 5 })
        .map((choice) =>
          choice.map(([part, isOther]) => (isOther ? other : token).split('.')[part]).join('.'),
        ),
      place.map((at) => token.slice(0, at)),
      place.map((at) => token.slice(at)),
    );
    await fc.assert(
      fc.asyncProperty(
        change.filter((changed) => changed !== token && changed !== other),
        isRefused,
      ),
      { numRuns: rounds(80, 400) },
    );
  });

  test('opens with no member of its header changed, added or taken away', async () => {
    const token = await seal();
    const [encoded = '', ...others] = token.split('.');
    const header = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    const name = fc.oneof(
      fc.constantFrom(...Object.keys(header), 'aud', 'zip', 'crit', 'cty', 'apu', 'b64'),
      fc.string(),
    );
    const value = fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.constantFrom(...Object.values(header)));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }), async (change) => {
        const changed = JSON.stringify({ ...header, ...change });
        fc.pre(changed !== JSON.stringify(header));
        await isRefused([Buffer.from(changed).toString('base64url'), ...others].join('.'));
      }),
      { numRuns: rounds(60, 300) },
    );
  });

  test('is refused by bare jose, too, where it was changed', async () => {
    const token = await seal();
    const parts = token.split('.');
    for (const [part, text] of parts.entries()) {
      const changed = parts.with(part, `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`).join('.');
      await expect(openedByJose(changed, privateJwk)).rejects.toThrow();
    }
  });
});

test('nothing whatever is taken for a token', async () => {
  const [, { privateJwk }] = curves[0];
  const part = fc.string({ unit: fc.constantFrom(...ALPHABET) });
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part, { minLength: 5, maxLength: 5 }).map((parts) => parts.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(text, fc.anything()), async (token) => {
      const error = await openHandoff(token as string, privateJwk, { maxAge: 600 }).catch((reason) => reason);
      expect(error).toBeInstanceOf(CredsealError);
      expect(error.code).toBe('ERR_HANDOFF');
    }),
    { numRuns: rounds(100, 500) },
  );
});
