import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { type VaultRequest, vaultRequests } from '../../src/request/vault-requests.js';
import { rounds } from '../rounds.js';
import { API_KEY, KEY } from './local-vault.js';
import { RunningVault } from './running-vault.js';

const ROUNDS = rounds(2, 25);
const WORKERS = 12;
const LONGEST_LIFE_MS = 200;
const domain = 'https://portal.example.com';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'credseal-kill-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** What a client knows of an entry: the version that the vault has acknowledged, and the one that it may have. */
interface Known {
  acknowledged: string | undefined;
  /** Set while an answer is awaited; undefined as a version is "not there". */
  doubtful?: { version: string | undefined };
}

/** Changes entries of its own, one call at a time, until the vault is gone. */
async function work(
  pool: Pool,
  baseUrl: string,
  known: Map<string, Known>,
  worker: number,
  counter: { count: number },
) {
  const requests = vaultRequests({ apiKey: API_KEY, key: KEY, baseUrl });
  const call = async ({ method, url, headers, body }: VaultRequest) => {
    const answer = await pool.request({ method, path: new URL(url).pathname, headers, body: body ?? null });
    await answer.body.text();
    if (answer.statusCode >= 300) expect.fail(`${method}: ${answer.statusCode}`);
  };
  for (;;) {
    const permissioned_user_id = `${worker}-${Math.floor(Math.random() * 5)}`;
    const entry = known.get(permissioned_user_id) ?? { acknowledged: undefined };
    known.set(permissioned_user_id, entry);
    counter.count += 1;
    const user_alias = String(counter.count);
    const isDeleted = entry.acknowledged !== undefined && Math.random() < 0.3;
    const doubtful = { version: isDeleted ? undefined : user_alias };
    entry.doubtful = doubtful;
    const ref = { permissioned_user_id, domain };
    if (isDeleted) await call(requests.delete(ref));
    else if (entry.acknowledged === undefined)
      await call(requests.create({ ...ref, user_alias, password: 'p' }));
    else await call(requests.update({ ...ref, user_alias }));
    entry.acknowledged = doubtful.version;
    delete entry.doubtful;
  }
}

/** What the vault has, by name: the version, or nothing. */
async function versions(pool: Pool): Promise<Map<string, string>> {
  const { body } = await pool.request({ method: 'GET', path: '/vault', headers: { 'cc-key': API_KEY } });
  const entries = (await body.json()) as { permissioned_user_id: string; user_alias: string }[];
  return new Map(entries.map((entry) => [entry.permissioned_user_id, entry.user_alias]));
}

test(`${ROUNDS} kills at any moment lose nothing that was acknowledged, and invent nothing`, async () => {
  const data = join(await folder(), 'vault.data');
  const known = new Map<string, Known>();
  const counter = { count: 0 };
  let acknowledgements = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // Some are killed while they start, and put the file in order.
    if (round % 5 === 4) {
      const starting = new RunningVault(['--data', data]);
      await delay(40 + Math.random() * 150);
      await starting.end('SIGKILL');
    }
    const vault = new RunningVault(['--data', data]);
    onTestFinished(() => void vault.process.kill('SIGKILL'));
    const baseUrl = await vault.url();
    const pool = new Pool(baseUrl, { connections: WORKERS });

    const there = await versions(pool);
    for (const [name, entry] of known) {
      const version = there.get(name);
      const possible = [entry.acknowledged, ...(entry.doubtful ? [entry.doubtful.version] : [])];
      expect({ round, name, possible, isPossible: possible.includes(version) }).toMatchObject({
        isPossible: true,
      });
      known.set(name, { acknowledged: version });
    }
    for (const name of there.keys()) expect(known.has(name)).toBe(true);

    const before = counter.count;
    const workers = Array.from({ length: WORKERS }, (_, worker) =>
      work(pool, baseUrl, known, worker, counter),
    );
    const ended = Promise.allSettled(workers);
    // Some are killed only in the midst of their work, however busy the machine is.
    while (round % 3 === 0 && counter.count < before + 2 * WORKERS) await delay(5);
    await delay(10 + Math.random() * LONGEST_LIFE_MS);
    await vault.end('SIGKILL');
    for (const outcome of await ended) {
      if (outcome.status === 'rejected' && outcome.reason?.name === 'AssertionError') throw outcome.reason;
    }
    await pool.destroy();
    acknowledgements += counter.count - before - WORKERS;
  }
  // Else nothing was tested.
  expect(acknowledgements).toBeGreaterThan(WORKERS);
});

test('kills while the log is rewritten lose nothing that was acknowledged', async () => {
  const path = join(await folder(), 'log');
  const module = fileURLToPath(new URL('../../dist/emulator/data-file.js', import.meta.url));
  // Keeps three keys at ever higher numbers, and prints each line that is on the disk; the log is rewritten all the time.
  const source = `
    import { DataFile } from ${JSON.stringify(module)};
    const kept = new Map([['head', 'head=0'], ...Array.from({ length: 2000 }, (_, at) => ['f' + at, 'f' + at + '=0'])]);
    const read = (line) => void kept.set(line.split('=')[0], line);
    const file = await DataFile.open(${JSON.stringify(path)}, { read, lines: () => kept.values(), size: () => 0, compactAfter: 20 });
    let number = Number(process.argv[1]);
    for (;;) {
      number += 1;
      const lines = ['a', 'b', 'c'].map((key) => key + '=' + number);
      for (const line of lines) { read(line); file.append(line); }
      await file.flushed();
      process.stdout.write(number + '\\n');
    }`;
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      source,
      '--',
      String(acknowledged),
    ]);
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const closed = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), closed]);
    await delay(Math.random() * 40);
    child.kill('SIGKILL');
    await closed;
    const last = Number(out.split('\n').at(-2));
    expect(last).toBeGreaterThan(acknowledged);
    acknowledged = last;
    const values = new Map<string, number>();
    const text = await readFile(path, 'utf8');
    for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n')) {
      const [key = '', value] = line.split('=');
      values.set(key, Number(value));
    }
    expect(values.size).toBe(2004);
    for (const key of ['a', 'b', 'c']) expect(values.get(key)).toBeGreaterThanOrEqual(acknowledged);
    acknowledged = Math.max(...['a', 'b', 'c'].map((key) => values.get(key) ?? 0));
  }
});
