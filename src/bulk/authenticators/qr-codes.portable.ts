import { notAnEntry } from '../item.js';

/**
 * Where there is no file system to load the decoder from.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` always
 */
export async function decodeQrCodes(_picture: Uint8Array, _pixels: number): Promise<string[] | undefined> {
  throw notAnEntry(
    'Pictures of QR codes are read in Node, Bun and Deno only. Here, give the otpauth:// URI that the code holds.',
  );
}
