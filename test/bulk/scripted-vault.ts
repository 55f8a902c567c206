import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the vault has received. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown> | undefined;
}

/** What the vault does instead of answering as documented: a status, with headers; hang up; or answer never. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | 'hang-up'
  /** The entry is stored, and the connection ends before the answer. */
  | 'hang-up-after'
  | 'silence';

/**
 * A vault over real HTTP that stores what it is sent, and misbehaves as it is told: `fault` is asked at every request.
 * It counts how many requests are under way at once.
 */
export async function startScriptedVault(
  fault: (request: Received, count: number) => Fault | undefined = () => undefined,
  /** How long an answer takes, in ms, so that requests overlap. */
  latency = 2,
) {
  const stored = new Map<string, Record<string, unknown>>();
  const received: Received[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const server = createServer(async (incoming, response) => {
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    response.on('close', () => {
      underWay -= 1;
    });
    const request = await read(incoming);
    received.push(request);
    const wrong = fault(request, received.length);
    if (wrong === 'silence') return;
    if (wrong === 'hang-up') return void incoming.socket.destroy();
    if (typeof wrong === 'object')
      return answer(response, wrong.status, wrong.body ?? { message: 'no' }, wrong.headers);
    const [status, body] = handle(request, stored);
    if (wrong === 'hang-up-after') return void incoming.socket.destroy();
    setTimeout(() => answer(response, status, body), latency);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored,
    received,
    mostAtOnce: () => mostAtOnce,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export const nameOf = (entry: Record<string, unknown>) =>
  JSON.stringify([entry.permissioned_user_id, entry.domain]);

function handle(
  { method, url, body }: Received,
  stored: Map<string, Record<string, unknown>>,
): [number, unknown] {
  if (method === 'GET' && !url.includes('?')) return [200, [...stored.values()]];
  if (method === 'GET') {
    const entry = stored.get(nameOf(Object.fromEntries(new URL(url, 'http://x').searchParams)));
    return entry ? [200, entry] : [404, { message: 'not there' }];
  }
  if (body === undefined) return [400, { message: 'no body' }];
  const name = nameOf(body);
  if (method === 'DELETE')
    return stored.delete(name) ? [200, { success: true }] : [404, { message: 'is not there' }];
  if (method === 'POST' && stored.has(name)) return [409, { message: 'is there already' }];
  if (method === 'PUT' && !stored.has(name)) return [404, { message: 'is not there' }];
  stored.set(name, { ...stored.get(name), ...body });
  return [method === 'POST' ? 201 : 200, stored.get(name)];
}

async function read(incoming: IncomingMessage): Promise<Received> {
  let text = '';
  for await (const chunk of incoming) text += chunk;
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers, body: text === '' ? undefined : JSON.parse(text) };
}

function answer(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
