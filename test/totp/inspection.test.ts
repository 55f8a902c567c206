import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { TotpSecret } from '../../src/totp/totp-secret.js';

const BASE32 = 'QXZJKV23QXZJKV57';
const SHOWN = 'TotpSecret(SHA1, 6 digits, 30 s)';
const make = () => {
  const totp = TotpSecret.parse(`otpauth://totp/ACME:alice?secret=${BASE32}`);
  // What has been used might hold on to more than what has not.
  totp.verify(totp.code());
  return totp;
};

describe('a TotpSecret shows as its settings', () => {
  test.each<[string, (totp: TotpSecret) => string]>([
    ['String()', (totp) => String(totp)],
    ['a template', (totp) => `${totp}`],
    ['a join', (totp) => [totp].join('')],
    ['toString', (totp) => totp.toString()],
    ['toJSON', (totp) => totp.toJSON()],
    ['inspect', (totp) => inspect(totp)],
    [
      'inspect with everything',
      (totp) => inspect(totp, { showHidden: true, depth: Infinity, getters: true }),
    ],
    ['the symbol of Deno', (totp) => Reflect.get(totp, Symbol.for('Deno.privateCustomInspect')).call(totp)],
  ])('in %s', (_, show) => {
    expect(show(make())).toBe(SHOWN);
  });

  test('in JSON', () => {
    expect(JSON.stringify(make())).toBe(`"${SHOWN}"`);
    expect(JSON.stringify({ entry: { tfa_secret: make() }, all: [make()] })).toBe(
      `{"entry":{"tfa_secret":"${SHOWN}"},"all":["${SHOWN}"]}`,
    );
  });

  test('inside other objects', () => {
    expect(inspect({ entry: { deep: [make()] } }, { depth: Infinity })).toContain(SHOWN);
    expect(inspect(new Map([[make(), new Set([make()])]]), { depth: Infinity, showHidden: true })).toContain(
      SHOWN,
    );
  });

  test('with the settings it has', () => {
    const uri = `otpauth://totp/x?secret=${BASE32}&algorithm=SHA512&digits=8&period=60`;
    expect(String(TotpSecret.parse(uri))).toBe('TotpSecret(SHA512, 8 digits, 60 s)');
  });
});

describe('the secret is nowhere to be seen', () => {
  test.each<[string, (totp: TotpSecret) => unknown]>([
    ['spread', (totp) => ({ ...totp })],
    ['assigned', (totp) => Object.assign({}, totp)],
    ['cloned', (totp) => structuredClone(totp)],
    ['by its own property names', (totp) => Reflect.ownKeys(totp).map((name) => Reflect.get(totp, name))],
    ['by its entries', (totp) => Object.entries(totp)],
    [
      'inspected without its inspector',
      (totp) => inspect(totp, { customInspect: false, showHidden: true, depth: Infinity }),
    ],
    [
      'nested in an error',
      (totp) => inspect(new Error('x', { cause: { totp } }), { showHidden: true, depth: Infinity }),
    ],
    [
      'as a proxy',
      (totp) => inspect(new Proxy(totp, {}), { showProxy: true, showHidden: true, depth: Infinity }),
    ],
  ])('%s', (_, show) => {
    const shown = inspect(show(make()), {
      showHidden: true,
      depth: Infinity,
      getters: true,
      maxStringLength: null,
    });
    for (const form of [
      BASE32,
      BASE32.toLowerCase(),
      Buffer.from(BASE32).toString('hex'),
      BASE32.slice(0, 8),
    ]) {
      expect(shown).not.toContain(form);
    }
  });

  test('save where it is asked for', () => {
    expect(make().base32).toBe(BASE32);
  });
});

describe('a TotpSecret does not change', () => {
  test.each(['base32', 'algorithm', 'digits', 'period', 'issuer', 'label', 'bits', 'code', 'news'])(
    'in %s',
    (name) => {
      const totp = make();
      const before = Reflect.get(totp, name);
      expect(Reflect.set(totp, name, 'changed')).toBe(false);
      expect(Reflect.get(totp, name)).toBe(before);
    },
  );
});
