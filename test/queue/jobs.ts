import { once } from 'node:events';
import { createServer } from 'node:net';
import type { VaultEntry } from '../../src/entry/seal-entry.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import { sealHandoff } from '../../src/handoff/seal-handoff.js';
import { KEY, type localVault } from '../emulator/local-vault.js';

/** In every credential here, and nowhere else: what must not be found in clear. */
export const MARK = 'QZXJWVKY';
export const AUDIENCE = 'vault-worker';
export const { publicJwk, privateJwk } = await generateHandoffKeys();

export const entryOf = (user: string, more: Partial<VaultEntry> = {}) =>
  ({
    permissioned_user_id: user,
    domain: 'https://portal.example.com',
    user_name: `${MARK} name of ${user}`,
    password: `${MARK} password of ${user}`,
    ...more,
  }) as VaultEntry;

export const tokenOf = (user: string, more: Partial<VaultEntry> = {}, expiresIn = 600, key = publicJwk) =>
  sealHandoff(entryOf(user, more), key, { expiresIn, audience: AUDIENCE });

/** Sealed entries of so many users. */
export const sealedOf = (count: number, prefix = 'user') =>
  Array.from({ length: count }, (_, index) => sealEntry(entryOf(`${prefix}-${index}`), KEY));

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until something holds; fails if that takes too long. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  ms = 60_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`This did not come to be: ${what}`);
    await sleep(25);
  }
}

/** A port that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What a local vault holds. Faults strike the test as well: it asks until it is answered. */
export async function answered(raw: Awaited<ReturnType<typeof localVault>>['raw']) {
  let entries: Record<string, unknown>[] | undefined;
  const isAnswered = async () => {
    const answer = await raw('GET', '/vault').catch(() => undefined);
    if (Array.isArray(answer?.json)) entries = answer.json;
    return entries !== undefined;
  };
  await until(isAnswered, 'the vault lists its entries');
  return entries ?? [];
}
