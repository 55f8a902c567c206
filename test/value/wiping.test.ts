import { beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { openValue, resealValue, sealValue } from '../../src/value/sealed-value.js';
import { refusal } from '../refusal.js';
import { sealElsewhere } from './elsewhere.js';

interface HandedOut {
  readonly bytes: Uint8Array;
  /** What they were before anybody could wipe them. */
  readonly text: string;
}

const handedOut = vi.hoisted((): HandedOut[] => []);
const record = vi.hoisted(() => (bytes: Uint8Array) => {
  handedOut.push({ bytes, text: new TextDecoder().decode(bytes) });
  return bytes;
});

// Whatever bytes of plaintext there are, as their maker gives them out: OpenSSL, even before it has seen the tag, ...
vi.mock('node:crypto', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:crypto')>();
  const createDecipheriv = (...args: Parameters<typeof real.createDecipheriv>) => {
    const decipher = real.createDecipheriv(...args);
    const update = decipher.update.bind(decipher) as (bytes: Uint8Array) => Uint8Array;
    return Object.assign(decipher, { update: (bytes: Uint8Array) => record(update(bytes)) });
  };
  return { ...real, createDecipheriv };
});
// ... or @noble/ciphers, ...
vi.mock('@noble/ciphers/aes.js', async (importOriginal) => {
  const real = await importOriginal<typeof import('@noble/ciphers/aes.js')>();
  const gcm = (...args: Parameters<typeof real.gcm>) => {
    const cipher = real.gcm(...args);
    return { ...cipher, decrypt: (bytes: Uint8Array) => record(cipher.decrypt(bytes)) };
  };
  return { ...real, gcm };
});
// ... or the platform, of text.
const { encode } = TextEncoder.prototype;
vi.spyOn(TextEncoder.prototype, 'encode').mockImplementation(function (this: TextEncoder, text) {
  return record(encode.call(this, text)) as ReturnType<typeof encode>;
});

beforeEach(() => handedOut.splice(0));

const HEX = '5ea1'.repeat(16);
const [key, other] = [VaultKey.fromHex(HEX), VaultKey.generate()];

/** That these plaintexts were there, and are no more. */
function expectWiped(...texts: string[]): void {
  expect(handedOut.map(({ text }) => text)).toEqual(expect.arrayContaining(texts));
  expect(handedOut.filter(({ bytes }) => bytes.some((byte) => byte !== 0))).toEqual([]);
}

describe('the bytes of a plaintext are wiped', () => {
  it.each(['"hunter2"', 'hunter2', '{"a":1}'])('after opening, whatever they hold: %s', (plaintext) => {
    const sealed = sealElsewhere(plaintext, HEX);
    try {
      openValue(sealed, key);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_PLAINTEXT_FORMAT' });
    }
    expectWiped(plaintext);
  });

  it('after a tag that does not hold', () => {
    const sealed = sealElsewhere('"hunter2"', HEX);
    const changed = sealed.slice(0, -1) + (sealed.endsWith('0') ? '1' : '0');
    refusal('ERR_OPEN_FAILED', () => openValue(changed, key));
    expectWiped();
    openValue(sealed, new KeyRing(other, [key]));
    expectWiped('"hunter2"');
  });

  it('after a question whether a value is sealed', () => {
    refusal('ERR_ALREADY_SEALED', () => sealValue(sealElsewhere('"hunter2"', HEX), key));
    expectWiped('"hunter2"');
  });

  it('after padding, and after sealing', () => {
    sealValue('hunter2', key, { padTo: 64 });
    expectWiped('"hunter2"');
  });

  it('after sealing anew', () => {
    resealValue(sealElsewhere('"hunter2"  ', HEX), new KeyRing(other, [key]));
    expectWiped('"hunter2"  ');
  });
});
