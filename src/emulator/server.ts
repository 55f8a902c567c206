import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { CredsealError } from '../errors.js';
import { callOf } from './calls.js';
import type { EntryStore } from './entry-store.js';
import { type Fault, type FaultRequest, retryAfterHeader } from './faults.js';
import type { EmulatorAnswer } from './options.js';
import { Disconnected, readJson } from './read-body.js';
import { Refusal, refusalBody } from './refusal.js';
import { type Sending, sendBody, sendResult } from './send-answer.js';
import type { Vault } from './vault.js';
import { Ended, type Waits } from './waits.js';

/** What the server answers from. */
export interface ServerParts {
  readonly vault: Vault;
  readonly store: EntryStore;
  readonly isApiKey: (given: string | undefined) => boolean;
  readonly faultOf: (request: FaultRequest) => Fault;
  readonly maxBodyBytes: number;
  readonly onAnswer: (answer: EmulatorAnswer) => void;
  /** Ends what waits, when the vault closes. */
  readonly waits: Waits;
}

/** Long enough for a slow client, short enough for those that never end their request. */
const TIMEOUTS = { headersTimeout: 15_000, requestTimeout: 60_000, keepAliveTimeout: 60_000 };
/** Node would answer without a body. */
const OPTIONS = { ...TIMEOUTS, requireHostHeader: false };
/** How long, after an early refusal, the rest of a body is read and dropped: a closed connection would lose the answer. */
const DRAIN_MS = 1000;

/** The vault over HTTP: reads a call, answers it, and does on the way what the fault plan says. */
export function vaultServer(parts: ServerParts): Server {
  let count = 0;
  /** Requests of a connection that have no answer yet: with pipelining, more than one. */
  const unanswered = new WeakMap<Socket, number>();
  const onRequest = (request: IncomingMessage, response: ServerResponse, isWaiting: boolean) => {
    count += 1;
    const { socket } = request;
    unanswered.set(socket, (unanswered.get(socket) ?? 0) + 1);
    response.on('close', () => {
      unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1);
      const { method, path } = targetOf(request);
      parts.onAnswer({ method, path, status: response.headersSent ? response.statusCode : undefined });
    });
    // Nobody is there any more to be told.
    response.on('error', () => socket.destroy());
    answer(parts, { request, response, count, isWaiting }).catch(() => socket.destroy());
  };
  const server = createServer(OPTIONS, (request, response) => onRequest(request, response, false));
  // "Expect: 100-continue": the client waits to be told that its body is wanted.
  server.on('checkContinue', (request, response) => onRequest(request, response, true));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // In the middle of an answer, a second one would be read as its end.
    const isAnswering = (unanswered.get(socket) ?? 0) > 0;
    if (!socket.writable || isAnswering || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(malformedHttpAnswer(error.code));
  });
  return server;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of all requests, from 1. */
  readonly count: number;
  /** Whether the client sends its body only when told to. */
  readonly isWaiting: boolean;
}

async function answer(parts: ServerParts, exchange: Exchange): Promise<void> {
  const { request, response, count } = exchange;
  const { method, path, query } = targetOf(request);
  const headers: Record<string, string> = {};
  let sending: Sending = { headers, slowBody: 0, waits: parts.waits };
  let fault: Fault = {};
  let isBodyWanted = !exchange.isWaiting;
  const askForBody = () => {
    if (!isBodyWanted) response.writeContinue();
    isBodyWanted = true;
  };
  try {
    fault = parts.faultOf({ method, path, count });
    const { latency = 0, slowBody = 0, when = 'before' } = fault;
    sending = { ...sending, slowBody };
    if (latency > 0) await parts.waits.wait(latency);
    if (when === 'before' && (await strike(fault, exchange, sending))) return;

    // RFC 9112 section 3.2.
    if (request.headers.host === undefined && request.httpVersion === '1.1')
      throw new Refusal(400, 'The request has no header "host".', { connection: 'close' });
    const call = callOf(method, path);
    Object.assign(headers, call.headers);
    if (!parts.isApiKey(request.headers['cc-key']?.toString())) throw new Refusal(401, WRONG_API_KEY);
    const body = call.hasBody ? await readJson(request, parts.maxBodyBytes, askForBody) : undefined;
    const result = call.run(parts.vault, { query, body });
    await parts.store.settled();
    if (when === 'after' && (await strike(fault, exchange, sending))) return;
    await sendResult(response, result, sending);
  } catch (error) {
    // A client that has gone, a wait that was ended, an answer that has begun: nothing more can be said.
    const isOver = error instanceof Disconnected || error instanceof Ended;
    if (isOver || response.headersSent) request.socket.destroy();
    else if (fault.when !== 'after' || !(await strike(fault, exchange, sending)))
      await refuse(error, exchange, sending, isBodyWanted);
  }
}

const WRONG_API_KEY =
  'The API key is missing or wrong: send the header cc-key with the key that this vault was started with.';

/** Does what a fault says instead of an answer; false if it says nothing of the kind. */
async function strike(fault: Fault, { request, response }: Exchange, sending: Sending): Promise<boolean> {
  const { drop, status } = fault;
  if (drop === true) request.socket.destroy();
  else if (status !== undefined) {
    const headers = { ...sending.headers, ...retryAfterHeader(fault) };
    const body = refusalBody(status, 'A fault that this vault was asked to make.');
    await sendBody(response, status, body, { ...sending, headers });
  }
  return drop === true || status !== undefined;
}

async function refuse(
  error: unknown,
  { request, response }: Exchange,
  sending: Sending,
  isBodyWanted: boolean,
): Promise<void> {
  const { status, message, headers } = error instanceof Refusal ? error : internalError(error);
  const body = refusalBody(status, message);
  const all = { ...headers, ...sending.headers };
  // A body that was not read is dropped by Node; one that is too large, or never sent, ends the connection.
  if (status !== 413 && isBodyWanted) return sendBody(response, status, body, { ...sending, headers: all });
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...all,
    connection: 'close',
  });
  response.write(body);
  request.resume();
  await Promise.race([
    new Promise((resolve) => request.once('close', resolve).once('end', resolve)),
    sending.waits.wait(DRAIN_MS, { ref: false }),
  ]);
  response.end();
}

/** What is not the client's fault. The message of an unknown error might quote what was sent; its place does not. */
function internalError(error: unknown): Refusal {
  if (error instanceof CredsealError) return new Refusal(500, error.message);
  const { code, name, stack } = error as Partial<NodeJS.ErrnoException>;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return new Refusal(
      500,
      `The data file cannot be written: ${code}. Mend that, and start the vault again.`,
    );
  const place = /[\w.-]+:\d+:\d+/.exec(stack?.split('\n    at ')[1] ?? '')?.[0] ?? 'an unknown place';
  return new Refusal(500, `The local vault has failed: ${name} at ${place}. Please report this.`);
}

/** Method, path and query. The target may be a whole URL, as for a proxy (RFC 9112 section 3.2.2). */
function targetOf({ method = '', url = '' }: IncomingMessage): {
  method: string;
  path: string;
  query: URLSearchParams;
} {
  const target = url.replace(/^https?:\/\/[^/?]*/i, '');
  const [path = '', ...query] = target.split('?');
  return { method, path, query: new URLSearchParams(query.join('?')) };
}

function malformedHttpAnswer(code: string | undefined): string {
  const [status, message] =
    {
      HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'] as const,
      ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not end in time.'] as const,
    }[code ?? ''] ?? ([400, 'This is not a request of HTTP/1.1.'] as const);
  const body = refusalBody(status, message);
  const { error } = JSON.parse(body);
  return [
    `HTTP/1.1 ${status} ${error}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
