import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.js';
import { sealEntry, type VaultEntry } from '../../src/entry/seal-entry.js';
import { KeyRing } from '../../src/key/key-ring.js';
import type { VaultKey } from '../../src/key/vault-key.js';
import { API_KEY, KEY, localVault, OTHER_KEY, TOTP } from '../emulator/local-vault.js';
import { runHereIn } from './in-process.js';
import type { Given } from './run.js';

export const DOMAIN = 'https://portal.example.com';
export const refOf = (name: string) => ({ permissioned_user_id: name, domain: DOMAIN });
/** Secrets of the entries, none of which may be shown where they are not the result. */
export const SECRETS = ['QZXJWVKY', TOTP, API_KEY, KEY.toHex(), OTHER_KEY.toHex()];

/** An entry with something of everything that is sealed. */
export const entryOf = (name: string, more: Partial<VaultEntry> = {}): VaultEntry =>
  ({
    ...refOf(name),
    user_name: `user QZXJWVKY ${name}`,
    password: `QZXJWVKY of ${name}`,
    tfa_secret: TOTP,
    tfa_method: 'AUTHENTICATOR',
    ...more,
  }) as VaultEntry;

/** A cookie with every member that the API has. */
export const COOKIE = {
  name: 'c',
  value: 'v',
  domain: 'example.com',
  path: '/',
  httpOnly: true,
  hostOnly: true,
  secure: true,
  session: true,
  storeId: '0',
  sameSite: 'lax',
};

export const ndjson = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');
export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** What a command needs to know of a vault. */
export const envAt = (url: string) => ({
  CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex(),
  CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OTHER_KEY.toHex(),
  CLOUDCRUISE_API_KEY: API_KEY,
  CLOUDCRUISE_BASE_URL: url,
});

/**
 * A local vault that holds entries under the current key and under the previous one, and the command line at it, in this
 * process and in a folder of its own.
 */
export async function atVault({
  current = [],
  previous = [],
  ...options
}: {
  readonly current?: readonly VaultEntry[];
  readonly previous?: readonly VaultEntry[];
} & Partial<EmulatorOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'credseal-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const data = join(folder, 'vault.data');
  // What is under the previous key comes from the time before a change of keys: a vault takes the current one only.
  await filled({ key: OTHER_KEY, data }, previous, OTHER_KEY);
  // Nor do faults strike before the test begins.
  const isQuiet = previous.length === 0 && !options.faults && !options.onAnswer;
  const key = new KeyRing(KEY, [OTHER_KEY]);
  if (!isQuiet) await filled({ key, data }, current, KEY);
  const { vault, raw } = await localVault({ key, ...(!isQuiet && { data }), ...options });
  if (isQuiet) await fill(vault.url, current, KEY);
  const env = envAt(vault.url);
  return {
    url: vault.url,
    raw,
    env,
    folder,
    /** Runs a command at the vault with both keys. */
    credseal: (args: readonly string[], given: Omit<Given, 'files'> = {}) =>
      runHereIn(folder, args, { ...given, env: { ...env, ...given.env } }),
    file: (name: string) => readFile(join(folder, name), 'utf8'),
    write: (name: string, content: string) => writeFile(join(folder, name), content),
    stored: async (name: string) => {
      const { json } = await raw('GET', `/vault?${new URLSearchParams(refOf(name))}`);
      return json as Record<string, unknown>;
    },
    list: async () => (await raw('GET', '/vault')).json as Record<string, unknown>[],
  };
}

async function filled(
  options: Pick<EmulatorOptions, 'key' | 'data'>,
  entries: readonly VaultEntry[],
  key: VaultKey,
): Promise<void> {
  if (entries.length === 0) return;
  const vault = await startEmulator({ apiKey: API_KEY, ...options });
  await fill(vault.url, entries, key);
  await vault.close();
}

async function fill(url: string, entries: readonly VaultEntry[], key: VaultKey): Promise<void> {
  const headers = { 'cc-key': API_KEY, 'content-type': 'application/json' };
  for (const entry of entries) {
    const body = JSON.stringify(sealEntry(entry, key));
    expect((await fetch(`${url}/vault`, { method: 'POST', headers, body })).status).toBe(201);
  }
}

/** Fails if a text shows a secret. */
export function expectNoSecretIn(...texts: readonly string[]): void {
  for (const text of texts) for (const secret of SECRETS) expect(text).not.toContain(secret);
}
