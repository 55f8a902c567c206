import type { IncomingMessage } from 'node:http';
import { indexOfDuplicateMember } from '../duplicate-member.js';
import { Refusal } from './refusal.js';

/** The client went away in the middle of its request: there is nobody to answer. */
export class Disconnected extends Error {}

/**
 * Reads the JSON of a request.
 *
 * @param beforeReading called once it is clear that the body is wanted.
 * @throws Refusal 413 without reading more than the limit; 415; 400
 */
export async function readJson(
  request: IncomingMessage,
  maxBytes: number,
  beforeReading: () => void,
): Promise<unknown> {
  const tooLarge = () =>
    new Refusal(413, `The body is larger than ${maxBytes} bytes. Send entries one by one.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const isUtf8 = parameters.every((text) => !/^\s*charset\s*=/.test(text) || /=\s*"?utf-8"?\s*$/.test(text));
  if (type.trim() !== 'application/json' || !isUtf8)
    throw new Refusal(
      415,
      'The body must be JSON in UTF-8, with the header "content-type: application/json".',
    );
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new Refusal(415, 'The body must not be compressed.', { 'accept-encoding': 'identity' });
  beforeReading();
  return parse(await readAll(request, maxBytes, tooLarge));
}

function readAll(request: IncomingMessage, maxBytes: number, tooLarge: () => Refusal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        request.removeAllListeners('data');
        reject(tooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new Disconnected()));
    request.on('close', () => reject(new Disconnected()));
  });
}

function parse(bytes: Buffer): unknown {
  let text = '';
  let body: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    body = JSON.parse(text);
  } catch {
    // The messages of decoder and parser quote what was sent.
    throw new Refusal(400, 'The body is not JSON in UTF-8: cut off, or not made by JSON.stringify?');
  }
  if (indexOfDuplicateMember(text) === -1) return body;
  throw new Refusal(
    400,
    'The body has a member twice, and readers do not agree which one counts: leave one.',
  );
}
