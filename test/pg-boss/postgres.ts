import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, sleep } from '../queue/jobs.js';

// What pg-boss brings along.
const { Client } = createRequire(createRequire(import.meta.url).resolve('pg-boss'))('pg');

const DEBIAN = '/usr/lib/postgresql';

/** Where Debian puts the programs of its newest PostgreSQL. */
function programs(): string {
  const [newest] = readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one));
  return join(DEBIAN, newest ?? '', 'bin');
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian has made for it. */
function user(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** A PostgreSQL of Debian's, with a folder of its own. */
export async function startPostgres(...settings: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'credseal-postgres-'));
  const as = user();
  if (as !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const port = await freePort();
  execFileSync(
    join(programs(), 'initdb'),
    ['-D', data, '-U', 'credseal', '-A', 'trust', '-E', 'UTF8', '--locale', 'C', '--no-sync'],
    { ...as, cwd: folder, stdio: 'ignore' },
  );
  const url = (database: string) => `postgres://credseal@127.0.0.1:${port}/${database}`;
  let child: ChildProcess | undefined;
  async function start() {
    child = spawn(
      join(programs(), 'postgres'),
      [
        '-D',
        data,
        '-p',
        `${port}`,
        '-h',
        '127.0.0.1',
        '-k',
        folder,
        ...settings.flatMap((each) => ['-c', each]),
      ],
      { ...as, cwd: folder, stdio: 'ignore' },
    );
    while (!(await query('postgres', 'SELECT 1').then(Boolean, () => false))) await sleep(50);
  }
  /** SIGINT: a fast stop. SIGQUIT: without one, so that it has to recover. */
  async function stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT') {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  async function query(database: string, text: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url(database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }
  await start();
  return {
    port,
    url,
    start,
    stop,
    query,
    /** All rows of all tables of a database, as text. */
    dump: (database: string): string =>
      execFileSync(join(programs(), 'pg_dump'), ['--data-only', '--inserts', url(database)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 1 << 28,
      }),
    async remove() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}
