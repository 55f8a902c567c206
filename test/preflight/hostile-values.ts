import { payload } from './payloads.js';

/** What no caller would give on purpose. Each is made anew, since some can be read once only, or are large. */
export const hostileValues: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  'a symbol': () => Symbol('s'),
  'a BigInt': () => 10n ** 100n,
  NaN: () => Number.NaN,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  'a function': () => () => 'x',
  'a class': () => class A {},
  'a generator': () => (function* numbers() {})(),
  'a Map': () => new Map([['password', 'x']]),
  'a Set': () => new Set(['x']),
  'a WeakMap': () => new WeakMap(),
  'a Date': () => new Date(0),
  'an invalid Date': () => new Date(Number.NaN),
  'a regular expression': () => /a/g,
  'an Error': () => new Error('x'),
  'a Promise': () => Promise.resolve({}),
  'a URL': () => new URL('https://shop.example'),
  'a boxed string': () => new String('x'),
  'a boxed symbol': () => Object(Symbol('s')),
  'a boxed BigInt': () => Object(1n),
  bytes: () => new Uint8Array(100),
  'a buffer': () => new ArrayBuffer(100),
  'a lone surrogate': () => '\ud800',
  'a pair of surrogates, reversed': () => '\udc00\ud800',
  'control characters': () => '\0\u0001\u001b[31m\u2028\u2029\r\n',
  'an empty array': () => [],
  'a sparse array': () => Object.assign([], { 5: 'x', length: 100 }),
  'an array with members': () => Object.assign(['x'], { password: 'x' }),
  'an object without a prototype': () => Object.assign(Object.create(null), { a: 1 }),
  'a frozen object': () => Object.freeze({ a: 1 }),
  'a cycle': () => {
    const cycle: Record<string, unknown> = {};
    return Object.assign(cycle, { self: cycle, list: [cycle] });
  },
  'an array in itself': () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    return cycle;
  },
  'an object, 100,000 levels deep': () => nested((inner) => ({ inner })),
  'an array, 100,000 levels deep': () => nested((inner) => [inner]),
  'a getter that throws': () => ({
    get name() {
      throw new Error('QZXJW');
    },
  }),
  'a getter that throws nothing sensible': () => ({
    get name() {
      throw undefined;
    },
  }),
  'a getter that throws within': () => ({
    a: [
      {
        get name() {
          throw new Error('QZXJW');
        },
      },
    ],
  }),
  'a getter that differs each time': () => {
    let count = 0;
    return {
      get name() {
        count += 1;
        return count % 2 ? 'x' : { count };
      },
    };
  },
  'toJSON that throws': () => ({
    toJSON() {
      throw new TypeError('QZXJW');
    },
  }),
  'toJSON that gives nothing': () => ({ toJSON: () => undefined }),
  'toJSON that gives a cycle': () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    return { toJSON: () => cycle };
  },
  'toString that throws': () => ({
    toString() {
      throw new Error('QZXJW');
    },
    [Symbol.toPrimitive]() {
      throw new Error('QZXJW');
    },
  }),
  'a tag that throws': () => ({
    get [Symbol.toStringTag]() {
      throw new Error('QZXJW');
    },
  }),
  'a tag that lies': () => ({ [Symbol.toStringTag]: 'Map', ...payload() }),
  'a long tag': () => ({ [Symbol.toStringTag]: 'x'.repeat(100_000) }),
  'an array whose element throws': () =>
    Object.defineProperty(['x', 'x'], 1, {
      get() {
        throw new Error('QZXJW');
      },
      enumerable: true,
    }),
  'a proxy of which every trap throws': () => new Proxy({}, throwing),
  'a proxy of an array of which every trap throws': () => new Proxy([], throwing),
  'a proxy of a function of which every trap throws': () => new Proxy(() => 0, throwing),
  'a proxy of an array of endless length': () =>
    new Proxy(['x'], {
      get: (list, name) => (name === 'length' ? Number.POSITIVE_INFINITY : Reflect.get(list, name)),
    }),
  'a proxy with members without end': () => new Proxy({}, { get: () => ({}), ownKeys: () => ['a', 'b'] }),
  'a revoked proxy': () => revoked({}),
  'a revoked proxy of an array': () => revoked([]),
  'a revoked proxy of a function': () => revoked(() => 0),
  '__proto__ as JSON has it': () =>
    JSON.parse('{"__proto__": {"domain": 1}, "constructor": {"prototype": {"a": 1}}}'),
  'names of Object.prototype': () =>
    JSON.parse(
      '{"toString": 1, "valueOf": null, "hasOwnProperty": "x", "toJSON": 5, "length": -1, "then": []}',
    ),
};

const throwing = new Proxy(
  {},
  {
    get() {
      return () => {
        throw new Error('QZXJW');
      };
    },
  },
);

function nested(wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < 100_000; level++) value = wrap(value);
  return value;
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
