import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { freePort, sleep } from '../queue/jobs.js';

/** A Redis of Debian's for one test, with a folder of its own: what is acknowledged is on disk. */
export async function startRedis(...settings: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'credseal-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const at = settings.indexOf('--requirepass');
  const password = at === -1 ? {} : { password: settings[at + 1] as string };
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null, ...password };
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  async function start() {
    child = spawn('redis-server', [...args, '--appendonly', 'yes', '--appendfsync', 'always', ...settings], {
      stdio: 'ignore',
    });
    const client = new Redis({ ...connection, retryStrategy: () => 50 });
    client.on('error', () => undefined);
    // While it reads its file, it answers that it does.
    while ((await client.ping().catch(() => '')) !== 'PONG') await sleep(50);
    await client.quit();
  }
  async function kill(signal: NodeJS.Signals = 'SIGKILL') {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  await start();
  onTestFinished(async () => {
    await kill();
    await rm(folder, { recursive: true });
  });
  return {
    connection,
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    pid: () => child?.pid as number,
    /** Everything that it holds, as text. */
    async dump(): Promise<string> {
      const client = new Redis(connection);
      const parts: string[] = [];
      for (const key of await client.keys('*')) {
        const type = await client.type(key);
        parts.push(key, JSON.stringify(await contentOf(client, key, type)));
      }
      await client.quit();
      return parts.join('\n');
    },
    /** Everything that it was ever told. */
    log: async () => (await readFolder(join(folder, 'appendonlydir'))).join('\n'),
  };
}

async function readFolder(folder: string): Promise<string[]> {
  return Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
}

function contentOf(client: Redis, key: string, type: string): Promise<unknown> {
  if (type === 'hash') return client.hgetall(key);
  if (type === 'list') return client.lrange(key, 0, -1);
  if (type === 'zset') return client.zrange(key, '0', '-1', 'WITHSCORES');
  if (type === 'set') return client.smembers(key);
  if (type === 'stream') return client.xrange(key, '-', '+');
  return client.get(key);
}
