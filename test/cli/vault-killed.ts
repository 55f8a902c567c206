import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openEntry } from '../../src/entry/open-entry.js';
import { sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import type { VaultKey } from '../../src/key/vault-key.js';
import { checkManifest, makeManifest, vaultClient } from '../../src/vault/index.js';
import { API_KEY, KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { RunningVault } from '../emulator/running-vault.js';
import { all } from '../vault/vaults.js';
import { entryOf, ndjson } from './at-vault.js';
import { inFolder, MAIN } from './run.js';

const envOf = (key: VaultKey, previous = '') => ({
  PATH: process.env.PATH ?? '',
  CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
  CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: previous,
  CLOUDCRUISE_API_KEY: API_KEY,
});
const ENV = envOf(KEY, OTHER_KEY.toHex());
const RING = new KeyRing(KEY, [OTHER_KEY]);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const entriesOf = (prefix: string, count: number, more: Partial<VaultEntry> = {}) =>
  Array.from({ length: count }, (_, index) => entryOf(`${prefix}-${index}`, more));

/** A vault in a process of its own that holds entries, those under the previous key from the time when that was current. */
async function vaultOf(folder: string, entries: readonly [VaultKey, readonly VaultEntry[]][]) {
  const args = ['--data', join(folder, 'vault.data')];
  for (const [key, some] of entries) {
    const vault = new RunningVault(args, { env: envOf(key, key === KEY ? OTHER_KEY.toHex() : '') });
    const url = await vault.url();
    const headers = { 'cc-key': API_KEY, 'content-type': 'application/json' };
    for (const entry of some) {
      const body = JSON.stringify(sealEntry(entry, key));
      expect((await fetch(`${url}/vault`, { method: 'POST', headers, body })).status).toBe(201);
    }
    await vault.end('SIGTERM');
  }
  return new RunningVault([...args, '--fault', 'latency=10,rate=1'], { env: ENV });
}

/** Starts a command again and again, and kills it at random moments: from before it has begun to well into its work. */
async function killed(args: readonly string[], kills: number, folder: string, url: string): Promise<void> {
  const journal = join(folder, 'journal');
  const sizeOf = () =>
    stat(journal).then(
      ({ size }) => size,
      () => 0,
    );
  const env = { ...ENV, CLOUDCRUISE_BASE_URL: url };
  const start = () =>
    spawn(process.execPath, [MAIN, ...args, '--journal', journal, '--concurrency', '2'], {
      cwd: folder,
      env,
      stdio: 'ignore',
    });
  // However busy the machine is.
  let startUp = 0;
  for (let kill = 0; kill < kills; kill++) {
    const begun = performance.now();
    const child = start();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (kill === 0) {
      // A line for what it is and for the vault, and one for what is written.
      while ((await sizeOf()) < 120) await pause(5);
      startUp = performance.now() - begun;
    } else await pause(startUp * (0.5 + 2 * Math.random()));
    child.kill('SIGKILL');
    await ended;
  }
}

async function finish(args: readonly string[], folder: string, url: string): Promise<number | null> {
  const child = spawn(process.execPath, [MAIN, ...args, '--journal', join(folder, 'journal')], {
    cwd: folder,
    env: { ...ENV, CLOUDCRUISE_BASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve) => child.once('exit', resolve));
}

/** All that the vault holds, in plain text, by name; fails if a name is there twice. */
async function held(url: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const { stored } of await all(vaultClient({ apiKey: API_KEY, keys: KEY, baseUrl: url }).list())) {
    expect(found.has(stored.permissioned_user_id)).toBe(false);
    // Under the current key alone.
    found.set(stored.permissioned_user_id, openEntry(stored, KEY));
  }
  return found;
}

function expectHeld(found: ReadonlyMap<string, unknown>, entries: readonly VaultEntry[]): void {
  expect([...found.keys()].sort()).toEqual(entries.map(({ permissioned_user_id: name }) => name).sort());
  for (const entry of entries) expect(found.get(entry.permissioned_user_id)).toMatchObject(entry);
}

const MANIFESTS = ['--manifest', 'old', '--manifest-out', 'new'];

/** Everything that the vault holds, as it answers it. */
const listed = async (url: string) =>
  (await all(vaultClient({ apiKey: API_KEY, keys: RING, baseUrl: url }).list())).map(({ stored }) => stored);

/** Writes the manifest of before, and gives what looks whether that of afterwards is true, and names it. */
async function manifested(folder: string, url: string, key: VaultKey): Promise<() => Promise<void>> {
  const old = await makeManifest(await listed(url), key);
  await writeFile(join(folder, 'old'), old);
  return async () => {
    const made = await readFile(join(folder, 'new'), 'utf8');
    expect(await checkManifest(await listed(url), made, KEY)).toEqual({ ok: true, findings: [] });
    expect(lastOf(made).previous).toBe(lastOf(old).mac);
  };
}

const lastOf = (manifest: string) => JSON.parse(manifest.trimEnd().split('\n').at(-1) ?? '');

/** A rotation that is killed so often, and then run to its end: everything is in its place, once, and the receipt is true. */
export function rotateKilled(kills: number, count: number): Promise<void> {
  return inFolder({}, async (folder) => {
    const previous = entriesOf('previous', count, { user_alias: 'kept' });
    const current = entriesOf('current', 5);
    const vault = await vaultOf(folder, [
      [OTHER_KEY, previous],
      [KEY, current],
    ]);
    try {
      const url = await vault.url();
      const checkManifests = await manifested(folder, url, OTHER_KEY);
      const args = ['vault', 'rotate', '--receipt', 'receipt.json', '-q', ...MANIFESTS];
      await killed(args, kills, folder, url);
      expect(await finish(args, folder, url)).toBe(0);
      expectHeld(await held(url), [...previous, ...current]);
      await checkManifests();
      expect(JSON.parse(await readFile(join(folder, 'receipt.json'), 'utf8'))).toMatchObject({
        vault: url,
        entries: count + 5,
        rotated: count,
        currentBefore: 5,
        failed: [],
        underPreviousKeys: 0,
        unopenable: 0,
      });
    } finally {
      await vault.end('SIGTERM');
    }
  });
}

/** The same of apply: a third each to create, to update and to delete. */
export function applyKilled(kills: number, count: number): Promise<void> {
  return inFolder({}, async (folder) => {
    const updated = entriesOf('updated', count, { user_alias: 'before' });
    const vault = await vaultOf(folder, [[KEY, [...updated, ...entriesOf('deleted', count)]]]);
    const desired = [
      ...entriesOf('created', count),
      ...updated.map((entry) => ({ ...entry, password: 'QZXJWVKY new', user_alias: 'after' })),
    ];
    await writeFile(join(folder, 'desired'), ndjson(desired));
    try {
      const url = await vault.url();
      const checkManifests = await manifested(folder, url, KEY);
      const args = ['apply', 'desired', '--prune', '--max-deletes', `${count}`, '--yes', '-q', ...MANIFESTS];
      await killed(args, kills, folder, url);
      expect(await finish(args, folder, url)).toBe(0);
      expectHeld(await held(url), desired);
      await checkManifests();
    } finally {
      await vault.end('SIGTERM');
    }
  });
}
