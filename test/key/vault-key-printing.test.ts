import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, sealValue } from '../../src/value/sealed-value.js';

const HEX = '0123456789abcdef'.repeat(4);
const SHOWN = 'VaultKey(0506ba9cf11f46ea)';
const ALL = { showHidden: true, depth: null, getters: true } as const;

const make = () => {
  const key = VaultKey.fromHex(HEX);
  // What has been used might hold on to more than what has not.
  openValue(sealValue('x', key), key);
  return key;
};

describe('a key prints as its fingerprint', () => {
  test.each<[string, (key: VaultKey) => string]>([
    ['String()', (key) => String(key)],
    ['a template', (key) => `${key}`],
    ['a concatenation', (key) => ''.concat(key as unknown as string)],
    ['a join', (key) => [key].join()],
    ['toString', (key) => key.toString()],
    ['inspect', (key) => inspect(key)],
    ['inspect with everything', (key) => inspect(key, ALL)],
    ['inspect at depth 0', (key) => inspect(key, { depth: 0 })],
    ['format', (key) => format(key)],
    ['format %s', (key) => format('%s', key)],
    ['format %o', (key) => format('%o', key)],
    ['format %O', (key) => format('%O', key)],
    ['the symbol of Deno', (key) => Reflect.get(key, Symbol.for('Deno.privateCustomInspect')).call(key)],
  ])('in %s', (_, show) => {
    expect(show(make())).toBe(SHOWN);
  });

  test('as a JSON string', () => {
    expect(JSON.stringify(make())).toBe(`"${SHOWN}"`);
    expect(JSON.stringify({ config: { keys: [make()] } })).toBe(`{"config":{"keys":["${SHOWN}"]}}`);
    expect(format('%j', { key: make() })).toBe(`{"key":"${SHOWN}"}`);
  });

  test.each<[string, (key: VaultKey) => unknown]>([
    ['an object', (key) => ({ a: { b: { c: { d: key } } } })],
    ['an array', (key) => [[[[key]]]]],
    ['a Map, as key and value', (key) => new Map([[key, key]])],
    ['a Set', (key) => new Set([key])],
    [
      'a class',
      (key) =>
        new (class Service {
          key = key;
        })(),
    ],
    ['an error', (key) => Object.assign(new Error('x', { cause: key }), { key })],
    ['a symbol property', (key) => ({ [Symbol('key')]: key })],
  ])('within %s', (_, wrap) => {
    const wrapped = wrap(make());
    for (const shown of [inspect(wrapped, ALL), format('%s %o %O', wrapped, wrapped, wrapped)]) {
      expect(shown).not.toContain(HEX.slice(0, 8));
      expect(shown).not.toContain('#bytes');
    }
    expect(inspect(wrapped, ALL)).toContain(SHOWN);
  });
});

describe('the bytes of a key are nowhere to be seen', () => {
  test.each<[string, (key: VaultKey) => unknown]>([
    ['spread', (key) => ({ ...key })],
    ['assigned', (key) => Object.assign({}, key)],
    ['cloned', (key) => structuredClone(key)],
    ['serialised', (key) => serialize(key).toString('latin1')],
    ['by its names', (key) => Object.keys(key)],
    ['by its entries', (key) => Object.entries(key)],
    ['by all its own properties', (key) => Reflect.ownKeys(key)],
    ['by its descriptors', (key) => Object.getOwnPropertyDescriptors(key)],
    ['inspected without its inspector', (key) => inspect(key, { ...ALL, customInspect: false })],
    ['as a proxy', (key) => inspect(new Proxy(key, {}), { ...ALL, showProxy: true })],
  ])('%s', (_, show) => {
    const shown = inspect(show(make()), { ...ALL, maxStringLength: null, maxArrayLength: null });
    const raw = Buffer.from(HEX, 'hex');
    for (const form of [
      HEX.slice(0, 8),
      raw.toString('base64').slice(0, 8),
      raw.toString('latin1', 0, 8),
      '1, 35, 69',
    ]) {
      expect(shown).not.toContain(form);
    }
  });

  test('a key has no properties of its own', () => {
    const key = make();
    expect(Reflect.ownKeys(key)).toEqual([]);
    expect({ ...key }).toEqual({});
    expect(structuredClone(key)).toEqual({});
  });
});

// A log statement must not bring down what it reports on; frameworks wrap objects in proxies unasked.
describe('printing never throws', () => {
  const hex = 'e8d1f0c7'.repeat(8);
  const key = VaultKey.fromHex(hex);

  test.each<[string, unknown]>([
    ['a proxy of a key', new Proxy(key, {})],
    ['an heir of a key', Object.create(key)],
    ['the prototype', VaultKey.prototype],
    ['the class', VaultKey],
  ])('%s', (_, value) => {
    const shown = [String(value), inspect({ value }, ALL), format('%s %o %O %j', value, value, value, value)];
    expect(shown.join()).not.toContain(hex.slice(0, 8));
  });
});
