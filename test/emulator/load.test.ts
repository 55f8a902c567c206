import { Pool } from 'undici';
import { expect, test } from 'vitest';
import { vaultRequests } from '../../src/request/vault-requests.js';
import { API_KEY, ENTRY, KEY, localVault, send } from './local-vault.js';
import { RunningVault } from './running-vault.js';

// How fast is a matter of `npm run bench:emulator`; here, that nothing is lost or refused however many come at once.
const CREATES = 3000;
const CONNECTIONS = 200;

async function createMany(baseUrl: string): Promise<Record<number, number>> {
  const requests = vaultRequests({ apiKey: API_KEY, key: KEY, baseUrl });
  const pool = new Pool(baseUrl, { connections: CONNECTIONS });
  const statuses: Record<number, number> = {};
  const create = async (number: number) => {
    const { method, url, headers, body } = requests.create({
      ...ENTRY,
      permissioned_user_id: `user-${number}`,
    });
    const answer = await pool.request({ method, path: new URL(url).pathname, headers, body: body ?? null });
    await answer.body.dump();
    statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
  };
  await Promise.all(Array.from({ length: CREATES }, (_, number) => create(number)));
  await pool.close();
  return statuses;
}

test(`${CREATES} creates over ${CONNECTIONS} connections are all answered by 201, and all there`, async () => {
  const vault = new RunningVault([]);
  try {
    const url = await vault.url();
    expect(await createMany(url)).toEqual({ 201: CREATES });
    expect((await send(vaultRequests({ apiKey: API_KEY, key: KEY, baseUrl: url }).list())).json).toHaveLength(
      CREATES,
    );
  } finally {
    expect(await vault.end('SIGTERM')).toBe(0);
  }
});

test('requests that wait do not keep a vault from answering others', async () => {
  const { requests } = await localVault({
    faults: ({ method }) => (method === 'GET' ? { latency: 600_000 } : undefined),
  });
  const waiting = Array.from({ length: 100 }, () => send(requests.list()).catch(() => 'dropped'));
  expect((await send(requests.create(ENTRY))).status).toBe(201);
  expect(await Promise.race([...waiting, 'still waiting'])).toBe('still waiting');
});
