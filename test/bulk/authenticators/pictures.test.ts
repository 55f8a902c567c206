import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { accountsIn } from '../../../src/bulk/authenticators/read-accounts.js';
import { bytesOf, expected, plain, read } from './exports.js';

const [first, ...others] = expected.map(({ type: _, ...account }) => account);

describe('the QR code of a picture is read', () => {
  test.each(['plain.png', 'dark.png', 'artefacts.jpg', 'logo.png', 'rotated.png', 'screenshot.png'])(
    '%s',
    async (name) => {
      const { accounts, isPicture } = await read(name);
      expect(accounts.map(plain)).toEqual([first]);
      expect(isPicture).toBe(true);
    },
  );

  test('several in one picture', async () => {
    const { accounts } = await read('two.png');
    expect(new Set(accounts.map(plain))).toEqual(new Set([first, others[8]]));
  });

  test("Google Authenticator's, with what is missing", async () => {
    const { accounts, warnings } = await read('migration.png');
    expect(accounts).toHaveLength(3);
    expect(warnings).toEqual(['This is QR code 2 of 3 of the export; the others hold more accounts.']);
  });
});

const png = bytesOf('plain.png');
const jpeg = bytesOf('artefacts.jpg');

/** A PNG of so many pixels by its header, with this data. */
function pngOf(width: number, height: number, data: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([png.subarray(0, 33), Buffer.alloc(8), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(data.length, 33);
  bytes.write('IDAT', 37);
  return bytes;
}

/** A JPEG of so many pixels by its header. */
function jpegOf(width: number, height: number): Uint8Array {
  const bytes = Buffer.from(jpeg);
  const frame = bytes.indexOf(Buffer.of(0xff, 0xc0));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

describe('a picture is refused', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['without a code', bytesOf('no-code.png'), /No QR code can be read/],
    ['with a code of something else', bytesOf('web.png'), /no secrets of authenticators/],
    [
      'of 100 megapixels, before it is unpacked',
      pngOf(10_000, 10_000, new Uint8Array()),
      /100 megapixels; up to 50/,
    ],
    ['of 100 megapixels, as JPEG', jpegOf(10_000, 10_000), /100 megapixels/],
    [
      'that unpacks to more than its pixels',
      pngOf(100, 100, deflateSync(Buffer.alloc(50_000_000))),
      /damaged/,
    ],
    ['without pixels', pngOf(0, 100, new Uint8Array()), /damaged/],
    ['cut off in its header', png.subarray(0, 20), /damaged or cut off/],
    ['cut off', png.subarray(0, 200), /damaged or cut off/],
    ['cut off, as JPEG', jpeg.subarray(0, 500), /damaged|No QR code/],
    ['of nothing but its beginning', jpeg.subarray(0, 3), /damaged/],
    ['with junk in it', Buffer.concat([png.subarray(0, 60), Buffer.alloc(400, 7)]), /damaged/],
  ])('%s', async (_, bytes, message) => {
    const error = await accountsIn(bytes).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'ERR_ENTRY_INVALID', message: expect.stringMatching(message) });
  });

  test('and the next one is read all the same', async () => {
    await accountsIn(png.subarray(0, 200)).catch(() => undefined);
    expect((await read('plain.png')).accounts).toHaveLength(1);
  });
});
