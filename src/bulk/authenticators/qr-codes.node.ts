import { readFile } from 'node:fs/promises';
import { createInflate } from 'node:zlib';
import { prepareZXingModule, purgeZXingModule, readBarcodes } from 'zxing-wasm/reader';

/** The decoder's WebAssembly, where the build puts it: from the folder of the sources as from that of what is built. */
const WASM = new URL('../../../dist/bulk/authenticators/zxing_reader.wasm', import.meta.url);

const MOST_CODES = 255;

/**
 * The texts of the QR codes in a PNG or JPEG, light on dark ones too; undefined if it cannot be unpacked.
 *
 * @param pixels how many it has by its header.
 */
export async function decodeQrCodes(picture: Uint8Array, pixels: number): Promise<string[] | undefined> {
  if (await isInflatedTooFar(picture, pixels)) return undefined;
  // Given, since the decoder would else ask a content network for it.
  const wasmBinary = Uint8Array.from(await readFile(WASM)).buffer;
  prepareZXingModule({ overrides: { wasmBinary } });
  try {
    const found = await readBarcodes(picture, { formats: ['QRCode'], maxNumberOfSymbols: MOST_CODES });
    if (found.some(({ isValid, error }) => !isValid && /load image/.test(error))) return undefined;
    return found.flatMap(({ isValid, text }) => (isValid ? [text] : []));
  } catch {
    // What it throws is a fault in unpacking, after which nobody knows what state it is in.
    return undefined;
  } finally {
    // Its memory only grows, and has the picture in it.
    purgeZXingModule();
  }
}

/**
 * Whether the data of a PNG unpacks to more than its pixels take, at most 64 bits each: the decoder would unpack it to
 * the end all the same.
 */
async function isInflatedTooFar(picture: Uint8Array, pixels: number): Promise<boolean> {
  const data = pngData(picture);
  if (data.length === 0) return false;
  const most = pixels * 8 + 2 ** 20;
  const inflate = createInflate();
  let length = 0;
  inflate.end(Buffer.concat(data));
  try {
    for await (const piece of inflate) {
      length += (piece as Uint8Array).length;
      if (length > most) return true;
    }
  } catch {
    // Damaged: for the decoder to say.
  }
  return false;
}

/** The pieces of compressed data (PNG, section 11.2.3). */
function pngData(picture: Uint8Array): Uint8Array[] {
  const view = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  const pieces: Uint8Array[] = [];
  if (view[0] !== 0x89) return pieces;
  for (let at = 8; at + 12 <= view.length; ) {
    const length = view.readUInt32BE(at);
    if (view.toString('latin1', at + 4, at + 8) === 'IDAT')
      pieces.push(view.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return pieces;
}
