import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came in over the wire. */
export interface Arrived {
  method: string;
  path: string;
  query: [string, string][];
  headers: Record<string, string | undefined>;
  body: string;
}

/** A server on a free loopback port that remembers what arrives. */
export async function echoServer() {
  const arrived: Arrived[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    arrived.push({
      method: request.method ?? '',
      path: pathname,
      query: [...searchParams],
      headers: Object.fromEntries(
        ['cc-key', 'content-type', 'content-length'].map((name) => [name, request.headers[name]?.toString()]),
      ),
      body: Buffer.concat(chunks).toString('utf8'),
    });
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** What arrived since the last call. */
    take: (): Arrived[] => arrived.splice(0),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
