import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

/** Redis as it has to be for a queue of tokens: nothing is evicted, and what is acknowledged is on disk, in a folder. */
export async function startRedis(folder) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  const settings = ['--appendonly', 'yes', '--maxmemory', '256mb', '--maxmemory-policy', 'noeviction'];
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings];
  const redis = spawn('redis-server', args, { stdio: 'ignore' });
  const failed = once(redis, 'error').then(([error]) => Promise.reject(error));
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  await Promise.race([client.ping(), failed]);
  failed.catch(() => undefined);
  client.disconnect();
  return { redis, url };
}
