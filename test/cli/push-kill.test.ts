import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { nameOf, startScriptedVault } from '../bulk/scripted-vault.js';
import { rounds } from '../rounds.js';
import { inFolder, MAIN } from './run.js';

/** How the journal names a payload: the first 128 bits of SHA-256 over its JSON. */
const idOf = (payload: unknown) =>
  createHash('sha256').update(JSON.stringify(payload)).digest('hex').slice(0, 32);

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const KILLS = rounds(2, 50);
const ENTRIES = 400;

test(`a push that is killed ${KILLS} times at random moments leaves every entry in the vault once, and sends none twice that was acknowledged`, async () => {
  const key = VaultKey.generate();
  const entries = Array.from({ length: ENTRIES }, (_, index) =>
    sealEntry(
      { permissioned_user_id: `user-${index}`, domain: 'https://example.com', password: `pw-${index}` },
      key,
    ),
  );
  const vault = await startScriptedVault(undefined, 12);
  try {
    await inFolder({}, async (folder) => {
      await writeFile(
        join(folder, 'sealed.ndjson'),
        entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
      );
      const env = {
        CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
        CLOUDCRUISE_API_KEY: 'sk-test',
        CLOUDCRUISE_BASE_URL: vault.url,
      };
      const journal = join(folder, 'push.journal');
      const start = () =>
        spawn(process.execPath, [MAIN, 'push', 'sealed.ndjson', '--journal', journal, '--concurrency', '2'], {
          cwd: folder,
          env,
          stdio: 'ignore',
        });

      // However busy the machine is.
      let startUp = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const acknowledged = new Set((await readFile(journal, 'utf8').catch(() => '')).split('\n'));
        const before = vault.received.length;
        const begun = performance.now();
        const child = start();
        const ended = new Promise((resolve) => child.once('exit', resolve));
        const isFirst = kill === 0;
        while (isFirst && vault.received.length === 0) await pause(5);
        if (isFirst) startUp = performance.now() - begun;
        // From before it has begun to well into its work.
        else await pause(startUp * (0.3 + Math.random() * 1.5));
        child.kill('SIGKILL');
        await ended;
        const sent = vault.received.slice(before).filter(({ method }) => method === 'POST');
        for (const { body } of sent) expect(acknowledged).not.toContain(idOf(body));
      }
      expect(vault.stored.size).toBeGreaterThan(0);
      const child = start();
      expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    });
    expect(vault.stored.size).toBe(ENTRIES);
    for (const entry of entries) expect(vault.stored.get(nameOf({ ...entry }))).toEqual(entry);
    // Every kill cuts off at most what was under way: two.
    const posts = vault.received.filter(({ method }) => method === 'POST').length;
    expect(posts).toBeLessThanOrEqual(ENTRIES + 2 * KILLS);
  } finally {
    await vault.close();
  }
});
