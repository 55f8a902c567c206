import { describe, expect, test } from 'vitest';
import {
  type BulkItem,
  openEntries,
  preflightEntries,
  readNdjson,
  rotateEntries,
  sealEntries,
  writeNdjson,
} from '../../src/bulk/index.js';
import { openEntry, type StoredEntry } from '../../src/entry/open-entry.js';
import { type SealedEntry, sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { parseSealed } from '../../src/value/sealed-value.js';
import { expectHidden, refusal } from '../refusal.js';
import { bytesOf, drained, endOf, everything, outcome, streamOf } from './streams.js';

const key = VaultKey.fromHex('0123456789abcdef'.repeat(4));
const oldKey = VaultKey.fromHex('fedcba9876543210'.repeat(4));
const ring = new KeyRing(key, [oldKey]);
const SECRET = 'correcthorsebattery';

const entry = (n: number, more = {}) =>
  ({
    permissioned_user_id: `u${n}`,
    domain: 'https://example.com',
    password: `p${n}`,
    ...more,
  }) as VaultEntry;
const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`;
const item = <T>(line: number, value: T): BulkItem<T> => ({ line, value });

describe('a document goes through in order, and what fails goes beside', () => {
  const text = [
    lineOf(entry(1)),
    '\n',
    `{"password":"${SECRET}\n`,
    lineOf(entry(4, { passwrod: SECRET })),
    lineOf(entry(5, { password: '' })),
    lineOf('text'),
    lineOf(entry(7)),
  ].join('');

  test('sealed, opened, and nothing lost', async () => {
    const sealed = bytesOf(text).pipeThrough(readNdjson<VaultEntry>()).pipeThrough(sealEntries(key));
    const opened = await everything(sealed.pipeThrough(openEntries(ring)));
    expect(opened.map(outcome)).toEqual([
      [1, entry(1)],
      [3, 'ERR_ENTRY_INVALID'],
      [4, 'ERR_ENTRY_INVALID'],
      [5, 'ERR_ENTRY_INVALID'],
      [6, 'ERR_ENTRY_INVALID'],
      [7, entry(7)],
    ]);
    const rules = opened.map((one) => ('error' in one ? one.error.issues?.map(({ rule }) => rule) : []));
    expect(rules).toEqual([
      [],
      ['payload/not-an-object'],
      ['payload/unknown-field'],
      ['credential/empty'],
      ['payload/not-an-object'],
      [],
    ]);
    for (const one of opened) if ('error' in one) expectHidden(one.error, SECRET);
  });

  test('written, the good lines first, then the failures as an error', async () => {
    const bytes = bytesOf(text)
      .pipeThrough(readNdjson<VaultEntry>())
      .pipeThrough(sealEntries(key))
      .pipeThrough(writeNdjson());
    const { all, error } = await drained(bytes);
    const sealed = all.map((chunk) => JSON.parse(new TextDecoder().decode(chunk)));
    expect(sealed.map((one) => openEntry(one, key))).toEqual([entry(1), entry(7)]);
    expect(error).toMatchObject({
      code: 'ERR_ENTRY_INVALID',
      message: expect.stringMatching(/^4 lines failed/),
    });
    expect((error as { issues: { path: string }[] }).issues.map(({ path }) => path)).toEqual(
      [3, 4, 5, 6].map((line) => `line ${line}`),
    );
  });
});

describe('sealEntries', () => {
  const seal = (value: unknown, ...given: Parameters<typeof sealEntries>) =>
    everything(streamOf([item(1, value as VaultEntry)]).pipeThrough(sealEntries(...given)));

  test('seals with the current key of a ring, padded', async () => {
    const [sealed] = await seal(entry(1), ring, { padTo: 64 });
    const value = (sealed as { value: SealedEntry }).value;
    expect(parseSealed(String(value.password)).ciphertext).toHaveLength(64);
    expect(openEntry(value, key)).toEqual(entry(1));
  });

  test('seals for an update', async () => {
    const update = entry(1, { password: null });
    expect((await seal(update, key)).map(outcome)).toEqual([[1, 'ERR_ENTRY_INVALID']]);
    expect((await seal(update, key, { operation: 'update' })).map(outcome)).toEqual([[1, update]]);
  });

  test('refuses a key or an option at once, and not by line', () => {
    const destroyed = VaultKey.generate();
    destroyed.destroy();
    refusal('ERR_KEY_DESTROYED', () => sealEntries(destroyed));
    refusal('ERR_KEY_FORMAT', () => sealEntries('00'.repeat(32) as never));
    refusal('ERR_ENTRY_INVALID', () => sealEntries(key, { operation: 'delete' as never }));
    refusal('ERR_ENTRY_INVALID', () => sealEntries(key, null as never));
    refusal('ERR_PLAINTEXT_FORMAT', () => sealEntries(key, { padTo: -1 }));
  });

  test('ends where the key is destroyed meanwhile, rather than failing every line', async () => {
    const own = VaultKey.generate();
    const source = streamOf(
      (function* () {
        yield item(1, entry(1));
        own.destroy();
        yield item(2, entry(2));
      })(),
    );
    const { all, error } = await drained(source.pipeThrough(sealEntries(own)));
    expect(all.map(({ line }) => line)).toEqual([1]);
    expect(error).toMatchObject({ code: 'ERR_KEY_DESTROYED' });
  });

  test('refuses entries that are no items', async () => {
    const error = await endOf(
      streamOf([entry(1, { password: SECRET }) as never]).pipeThrough(sealEntries(key)),
    );
    expect(error).toMatchObject({
      code: 'ERR_ENTRY_INVALID',
      message: expect.stringMatching(/sealEntries takes items/),
    });
    expectHidden(error, SECRET);
  });
});

describe('openEntries and rotateEntries', () => {
  const stored = (n: number, by: VaultKey) => sealEntry(entry(n), by) as unknown as StoredEntry;
  const stranger = VaultKey.generate();
  const items = () => [
    item(1, stored(1, key)),
    item(2, stored(2, oldKey)),
    item(3, stored(3, stranger)),
    item(4, { ...stored(4, key), password: 'plain' }),
  ];

  test('open with every key, and tell by line what does not open', async () => {
    const opened = await everything(streamOf(items()).pipeThrough(openEntries(ring)));
    expect(opened.map(outcome)).toEqual([
      [1, entry(1)],
      [2, entry(2)],
      [3, 'ERR_OPEN_FAILED'],
      [4, 'ERR_SEALED_FORMAT'],
    ]);
  });

  test('rotate: what is under an old key comes under the current one, the rest goes on as it is', async () => {
    const given = items();
    const rotated = await everything(streamOf(given).pipeThrough(rotateEntries(ring)));
    expect(rotated.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    expect(rotated[0]).toHaveProperty('value', (given[0] as { value: unknown }).value);
    expect(openEntry((rotated[1] as { value: StoredEntry }).value, key)).toEqual(entry(2));
    expect(rotated.slice(2).map(outcome)).toEqual([
      [3, 'ERR_OPEN_FAILED'],
      [4, 'ERR_SEALED_FORMAT'],
    ]);
  });

  test('refuse keys that are none', () => {
    const destroyed = VaultKey.generate();
    const holder = new KeyRing(key, [destroyed]);
    destroyed.destroy();
    for (const stage of [openEntries, rotateEntries]) {
      refusal('ERR_KEY_FORMAT', () => stage(undefined as never));
      refusal('ERR_KEY_DESTROYED', () => stage(holder));
    }
  });
});

describe('preflightEntries', () => {
  const sealed = (n: number, more = {}) => ({ ...sealEntry(entry(n), key), ...more });
  const check = (items: BulkItem<unknown>[], ...more: [{ operation?: 'create' | 'update' }?]) =>
    everything(streamOf(items).pipeThrough(preflightEntries<unknown>(ring, ...more)));

  test('lets through what is in order, as it came', async () => {
    const given = [item(1, sealed(1)), item(3, sealed(2))];
    expect(await check(given)).toEqual(given);
  });

  test('adds warnings, which refuse nothing', async () => {
    const under = sealEntry(entry(1), oldKey);
    const [checked] = await check([item(1, under)]);
    expect(checked).toEqual({
      line: 1,
      value: under,
      warnings: [expect.objectContaining({ rule: 'credential/previous-key', path: 'password' })],
    });
  });

  test('makes a failure with the report of what is not', async () => {
    const [checked, other] = await check([item(1, sealed(1, { password: SECRET })), item(2, sealed(2))]);
    expect(checked).toMatchObject({
      line: 1,
      error: {
        code: 'ERR_PREFLIGHT',
        report: { ok: false, checked: 1, findings: [{ rule: 'credential/plaintext' }] },
      },
    });
    expectHidden((checked as unknown as { error: never }).error, SECRET);
    expect(other).toHaveProperty('value');
  });

  test('finds across lines what comes twice, and names the line', async () => {
    const one = sealed(1);
    const [, twice, copied] = await check([
      item(1, one),
      item(5, sealed(1)),
      item(6, sealed(2, { password: one.password })),
    ]);
    expect(twice).toMatchObject({
      line: 5,
      error: {
        report: { findings: [{ rule: 'batch/duplicate-entry', message: expect.stringMatching(/line 1\b/) }] },
      },
    });
    expect(copied).toMatchObject({
      line: 6,
      error: {
        report: { findings: [{ rule: 'credential/copied', message: expect.stringMatching(/line 1\b/) }] },
      },
    });
  });

  test('knows updates, passes failures on, and refuses a line beyond what it remembers', async () => {
    const nothing = { permissioned_user_id: 'u', domain: 'https://example.com' };
    const [update] = await check([item(1, nothing)], { operation: 'update' });
    expect(update).toHaveProperty('error.report.findings.0.rule', 'payload/nothing-to-update');
    const before = update as BulkItem<unknown>;
    expect(await check([before])).toEqual([before]);
    const far = streamOf([item(2 ** 26, sealed(1))]).pipeThrough(preflightEntries(ring));
    expect((await endOf(far)).message).toMatch(/67108863/);
    refusal('ERR_ENTRY_INVALID', () => preflightEntries(ring, { operation: 'delete' as never }));
    refusal('ERR_KEY_FORMAT', () => preflightEntries('key' as never));
  });
});
