import { beforeEach, describe, expect, it, vi } from 'vitest';
import { assertPreflight, guardFetch, preflight } from '../../src/index.js';
import {
  FOREIGN_KEY,
  findingsOf,
  KEY,
  OLD_KEY,
  payload,
  REF,
  RING,
  sealed,
  sealedRaw,
  TOTP,
} from './payloads.js';

interface HandedOut {
  readonly bytes: Uint8Array;
  /** What they were before anybody could wipe them. */
  readonly text: string;
}

const handedOut = vi.hoisted((): HandedOut[] => []);

vi.mock('#aes-gcm', async (importOriginal) => {
  const real = await importOriginal<typeof import('#aes-gcm')>();
  return {
    ...real,
    decrypt(key: Uint8Array, value: Uint8Array) {
      const bytes = real.decrypt(key, value);
      if (bytes !== undefined) handedOut.push({ bytes, text: new TextDecoder().decode(bytes) });
      return bytes;
    },
  };
});

beforeEach(() => handedOut.splice(0));

/** That so many plaintexts were there, and are no more. */
function expectWiped(...texts: string[]): void {
  expect(handedOut.map(({ text }) => text)).toEqual(texts);
  expect(handedOut.filter(({ bytes }) => bytes.some((byte) => byte !== 0))).toEqual([]);
}

const twice = sealed('inside');

describe('the plaintext of a credential is wiped', () => {
  it.each<[what: string, fields: object, texts: string[]]>([
    ['sound', { password: sealed('hunter2') }, ['"hunter2"']],
    [
      'three of them',
      { user_name: sealed('a'), password: sealed('b'), tfa_secret: sealed(TOTP) },
      ['"a"', '"b"', `"${TOTP}"`],
    ],
    ['under a previous key', { password: sealed('hunter2', OLD_KEY) }, ['"hunter2"']],
    ['no JSON', { password: sealedRaw('hunter2') }, ['hunter2']],
    ['JSON of something else', { password: sealedRaw('{"a":"hunter2"}') }, ['{"a":"hunter2"}']],
    ['no UTF-8', { password: sealedRaw(Uint8Array.of(0xff, 0xfe, 0x41)) }, ['\ufffd\ufffdA']],
    ['empty', { password: sealed('') }, ['""']],
    ['with space around it', { password: sealed(' hunter2 ') }, ['" hunter2 "']],
    ['sealed twice, inside and outside', { password: sealed(twice) }, [`"${twice}"`, '"inside"']],
    ['no TOTP secret', { tfa_secret: sealed('hunter2!') }, ['"hunter2!"']],
    ['no proxy URL', { proxy_setting: 'custom', proxy_value: sealed('hunter2') }, ['"hunter2"']],
    ['a copy', { user_name: twice, password: twice }, ['"inside"', '"inside"']],
    [
      'beside one that does not open',
      { user_name: sealed('a'), password: sealed('b', FOREIGN_KEY) },
      ['"a"'],
    ],
  ])('%s', (_, fields, texts) => {
    preflight({ ...REF, ...fields }, { keys: RING });
    expectWiped(...texts);
  });

  it('for a batch', () => {
    preflight([payload(), payload({ password: sealed('hunter2') })], { keys: KEY });
    expectWiped('"ada@shop.example"', '"ada@shop.example"', '"hunter2"');
  });

  it('where the check throws', () => {
    expect(() => assertPreflight(payload({ password: 'x' }), { keys: KEY })).toThrow();
    expectWiped('"ada@shop.example"');
  });

  it('in a guarded fetch', async () => {
    const guarded = guardFetch(async () => new Response(), { keys: KEY });
    await guarded('https://api.cloudcruise.com/vault', { method: 'POST', body: JSON.stringify(payload()) });
    expectWiped('"ada@shop.example"');
  });
});

it('nothing is decrypted that is not sealed', () => {
  expect(findingsOf({ ...REF, user_name: 'ada', password: sealed('x').slice(1) })).toHaveLength(2);
  expectWiped();
});
