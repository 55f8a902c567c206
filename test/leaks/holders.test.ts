import { AssertionError } from 'node:assert';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { guardFetch, KeyRing, sealValue, TotpSecret, VaultKey, vaultRequests } from '../../src/index.js';
import { everythingShown, MARKED_KEY, MARKER, OLD_MARKED_KEY, tracesOf } from './marker.js';

const key = () => VaultKey.fromHex(MARKED_KEY);
const ring = () => new KeyRing(key(), [VaultKey.fromHex(OLD_MARKED_KEY)]);

/** What has been used might hold on to more than what has not. */
function used<T>(holder: T, use: (holder: T) => unknown): T {
  use(holder);
  return holder;
}

const holders: [string, () => object, string][] = [
  ['a VaultKey', () => used(key(), (it) => sealValue('x', it)), key().fingerprint],
  [
    'a VaultKey that was asked for its hex',
    () => used(key(), (it) => [it.toHex(), it.toJwk()]),
    key().fingerprint,
  ],
  ['a KeyRing', () => used(ring(), (it) => sealValue('x', it.current)), key().fingerprint],
  ['a TotpSecret', () => used(TotpSecret.parse(MARKER), (it) => [it.base32, it.code()]), 'SHA1'],
  [
    'the result of vaultRequests',
    () => used(vaultRequests({ apiKey: `sk_${MARKER}`, key: ring() }), (it) => it.list()),
    'list',
  ],
  ['a guarded fetch', () => guardFetch(fetch, { keys: ring() }), 'function'],
];

/** Where something hangs when it is printed. */
const nestings: [string, (holder: object) => unknown][] = [
  ['by itself', (holder) => holder],
  ['in an object in an array', (holder) => ({ config: [{ vault: holder }] })],
  ['in a Map and a Set', (holder) => new Map<unknown, unknown>([[holder, new Set([holder])]])],
  ['as the cause of an error', (holder) => new Error('x', { cause: { holder } })],
  ['in an error of many', (holder) => new AggregateError([holder], 'x')],
  [
    'in a failed comparison',
    (holder) => new AssertionError({ actual: holder, expected: {}, operator: 'deepStrictEqual' }),
  ],
  ['as a prototype', (holder) => Object.create(holder)],
  ['behind a Proxy', (holder) => new Proxy(holder, {})],
  ['bound to a function', (holder) => Object.assign(() => holder, { holder })],
];

/** What consoles write. */
function logged(value: unknown): string {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const console = new Console({ stdout, colorMode: false });
  console.log('%o %O %j %s', value, value, value, value);
  console.dir(value, { depth: null, showHidden: true });
  console.table([value]);
  return text;
}

describe.each(holders)('%s shows nothing secret', (_, make) => {
  test.each(nestings)('%s', (_place, nest) => {
    const nested = nest(make());
    const shown = [everythingShown(nested), logged(nested), format(nested), format('%o', nested)].join('\n');
    expect(tracesOf(MARKER, shown)).toEqual([]);
  });

  test('copied and taken apart', () => {
    const holder = make();
    const copies = [
      { ...holder },
      Object.assign({}, holder),
      Object.entries(holder),
      Reflect.ownKeys(holder).map((name) => Reflect.get(holder, name)),
      Object.getOwnPropertyDescriptors(holder),
    ];
    const shown = copies.map(
      (copy) => everythingShown(copy) + inspect(copy, { customInspect: false, depth: 9 }),
    );
    expect(tracesOf(MARKER, shown.join('\n'))).toEqual([]);
  });

  test('cloned and serialised', () => {
    const holder = make();
    const results = [() => structuredClone(holder), () => serialize(holder).toString('latin1')].map(
      (copy) => {
        try {
          return everythingShown(copy());
        } catch (error) {
          // Functions cannot be cloned: that is as good.
          return everythingShown(error);
        }
      },
    );
    expect(tracesOf(MARKER, results.join('\n'))).toEqual([]);
  });
});

test.each(holders)('%s shows what it is all the same', (_, make, said) => {
  expect(inspect(make()) + typeof make()).toContain(said);
});
