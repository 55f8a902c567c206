import type { ServerResponse } from 'node:http';
import type { CallResult } from './calls.js';
import type { Waits } from './waits.js';

/** Elements of a list go out in texts of about this length. */
const CHUNK = 65_536;
/** In how many pieces a slow body arrives. */
const PIECES = 10;

/** How an answer is sent. */
export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  /** How many ms the body takes to arrive. */
  readonly slowBody: number;
  /** Ends all waiting. */
  readonly waits: Waits;
}

/** Sends a result as JSON, and resolves when it is on its way. */
export async function sendResult(
  response: ServerResponse,
  { status, headers, value, elements }: CallResult,
  sending: Sending,
): Promise<void> {
  const all = { ...headers, ...sending.headers };
  if (elements === undefined)
    return sendBody(response, status, JSON.stringify(value), { ...sending, headers: all });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...all });
  let { slowBody } = sending;
  for (const text of arrayTexts(elements)) {
    await writeSlowly(response, text, { ...sending, slowBody });
    if (response.destroyed) return;
    slowBody = 0;
  }
  response.end();
}

/** Sends a body that is JSON already. */
export async function sendBody(
  response: ServerResponse,
  status: number,
  body: string,
  sending: Sending,
): Promise<void> {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...sending.headers,
  });
  if (sending.slowBody > 0) {
    await writeSlowly(response, body, sending);
    response.end();
  } else response.end(body);
}

async function writeSlowly(
  response: ServerResponse,
  text: string,
  { slowBody, waits }: Sending,
): Promise<void> {
  const bytes = Buffer.from(text);
  const size = slowBody > 0 ? Math.max(1, Math.ceil(bytes.length / PIECES)) : bytes.length;
  for (let start = 0; start < bytes.length; start += size) {
    if (slowBody > 0) await waits.wait(slowBody / PIECES);
    if (response.destroyed) return;
    if (!response.write(bytes.subarray(start, start + size))) await drained(response);
  }
}

/** Resolves when there is room for more, or nobody left to read it. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      response.off('drain', end).off('close', end);
      resolve();
    };
    response.on('drain', end).on('close', end);
  });
}

/** A JSON array, in texts that are neither many nor long. */
function* arrayTexts(elements: Iterable<unknown>): Generator<string> {
  let text = '[';
  let isFirst = true;
  for (const element of elements) {
    text += `${isFirst ? '' : ','}${JSON.stringify(element)}`;
    isFirst = false;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield `${text}]`;
}
