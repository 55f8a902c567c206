import { onTestFinished } from 'vitest';
import type { EmulatorOptions } from '../../src/emulator/index.js';
import { CredsealError } from '../../src/errors.js';
import { type VaultClientConfig, vaultClient } from '../../src/vault/index.js';
import { type Fault, type Received, startScriptedVault } from '../bulk/scripted-vault.js';
import { API_KEY, KEY, localVault } from '../emulator/local-vault.js';

/** A client of a local vault. */
export async function clientOf(
  config: Partial<VaultClientConfig> = {},
  options: Partial<EmulatorOptions> = {},
) {
  const { vault: emulator, raw } = await localVault(options);
  const at = (more: Partial<VaultClientConfig>) =>
    vaultClient({ apiKey: API_KEY, keys: KEY, baseUrl: emulator.url, ...config, ...more });
  return { vault: at({}), at, raw, url: emulator.url };
}

/** A client of a vault that misbehaves as it is told, and keeps what it is sent. */
export async function scripted(
  fault: (request: Received, count: number) => Fault | undefined,
  config: Partial<VaultClientConfig> = {},
) {
  const server = await startScriptedVault(fault);
  onTestFinished(() => server.close());
  return { server, vault: vaultClient({ apiKey: API_KEY, keys: KEY, baseUrl: server.url, ...config }) };
}

/** What a call rejects with; fails if it does not. */
export async function rejection(promise: Promise<unknown>): Promise<CredsealError> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof CredsealError) return error;
  throw new Error(`Not a CredsealError: ${String(error)}`);
}

/** All that comes. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
