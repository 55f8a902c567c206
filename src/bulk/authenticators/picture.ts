import { notAnEntry } from '../item.js';

/** More than phones make. Unpacked it takes some 200 MB. */
const MOST_PIXELS = 50_000_000;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/** Pictures of other kinds, by their beginnings. */
const OTHERS: readonly { name: string; at: number; mark: string }[] = [
  { name: 'GIF', at: 0, mark: 'GIF8' },
  { name: 'WebP', at: 8, mark: 'WEBP' },
  { name: 'HEIC or AVIF', at: 4, mark: 'ftyp' },
  { name: 'TIFF', at: 0, mark: 'II*\0' },
  { name: 'TIFF', at: 0, mark: 'MM\0*' },
  { name: 'BMP', at: 0, mark: 'BM' },
  { name: 'PDF', at: 0, mark: '%PDF-' },
];

const beginsWith = (bytes: Uint8Array, beginning: readonly number[]) =>
  beginning.every((byte, index) => bytes[index] === byte);

/**
 * Whether a file is a picture that is read.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is a picture of another kind
 */
export function isPicture(bytes: Uint8Array): boolean {
  if (beginsWith(bytes, PNG) || beginsWith(bytes, JPEG)) return true;
  const other = OTHERS.find(({ at, mark }) =>
    [...mark].every((character, index) => bytes[at + index] === character.charCodeAt(0)),
  );
  // A text may begin with BM.
  if (other === undefined || (other.name === 'BMP' && !bytes.subarray(0, 64).includes(0))) return false;
  throw notAnEntry(`The file is ${other.name}. Pictures are read as PNG and JPEG: save it as one of these.`);
}

/**
 * The texts of the QR codes in a picture (PNG or JPEG), each once. The decoder is loaded here.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it has too many pixels (by its header, before it is unpacked), is
 *   damaged, or shows no QR code that can be read
 */
export async function qrCodesIn(bytes: Uint8Array): Promise<readonly string[]> {
  const size = beginsWith(bytes, PNG) ? pngSize(bytes) : jpegSize(bytes);
  if (size === undefined || size.width === 0 || size.height === 0) throw notAnEntry(DAMAGED);
  const pixels = size.width * size.height;
  if (pixels > MOST_PIXELS) {
    throw notAnEntry(
      `The picture has ${Math.round(pixels / 1e6)} megapixels; up to ${MOST_PIXELS / 1e6} are read. Cut out the QR code.`,
    );
  }
  const { decodeQrCodes } = await import('#qr-codes');
  const texts = await decodeQrCodes(bytes, pixels);
  if (texts === undefined) throw notAnEntry(DAMAGED);
  if (texts.length === 0) throw notAnEntry(NO_CODE);
  return [...new Set(texts)];
}

const DAMAGED = 'The picture is damaged or cut off. Save it again.';
const NO_CODE =
  'No QR code can be read in the picture. It has to be whole and sharp, with a margin: take another, or cut the code out.';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of the first chunk, which is IHDR (PNG, section 11.2.1). */
function pngSize(bytes: Uint8Array): Size | undefined {
  if (bytes.length < 24 || !beginsWith(bytes.subarray(12), [0x49, 0x48, 0x44, 0x52])) return undefined;
  const view = viewOf(bytes);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Of the frame header, behind segments that are passed over by their lengths (ITU-T T.81, annex B). */
function jpegSize(bytes: Uint8Array): Size | undefined {
  const view = viewOf(bytes);
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // A marker may have fill bytes before it.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // SOF0 to SOF15; C4, C8 and CC mean something else.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
