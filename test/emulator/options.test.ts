import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.js';
import { CredsealError } from '../../src/errors.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { API_KEY, KEY, localVault, REF, send } from './local-vault.js';

describe('options that cannot be used are refused, and no secret is shown', () => {
  const destroyed = VaultKey.generate();
  destroyed.destroy();
  test.each<[string, unknown, string]>([
    ['none', undefined, 'ERR_REQUEST_INVALID'],
    ['null', null, 'ERR_REQUEST_INVALID'],
    ['a misspelt one', { key: KEY, apiKey: API_KEY, prot: 1 }, 'ERR_REQUEST_INVALID'],
    ['no key', { apiKey: API_KEY }, 'ERR_KEY_FORMAT'],
    ['a key in hex', { key: KEY.toHex(), apiKey: API_KEY }, 'ERR_KEY_FORMAT'],
    ['a destroyed key', { key: destroyed, apiKey: API_KEY }, 'ERR_KEY_DESTROYED'],
    ['no API key', { key: KEY }, 'ERR_REQUEST_INVALID'],
    ['an API key with a line break', { key: KEY, apiKey: `${API_KEY}\n` }, 'ERR_REQUEST_INVALID'],
    ['a port as text', { key: KEY, apiKey: API_KEY, port: '80' }, 'ERR_REQUEST_INVALID'],
    ['a port too large', { key: KEY, apiKey: API_KEY, port: 65_536 }, 'ERR_REQUEST_INVALID'],
    ['a host that is none', { key: KEY, apiKey: API_KEY, host: 5 }, 'ERR_REQUEST_INVALID'],
    ['a file that is none', { key: KEY, apiKey: API_KEY, data: 5 }, 'ERR_REQUEST_INVALID'],
    ['a file with a zero byte', { key: KEY, apiKey: API_KEY, data: 'a\0b' }, 'ERR_REQUEST_INVALID'],
    ['a clock that stands', { key: KEY, apiKey: API_KEY, now: 5 }, 'ERR_REQUEST_INVALID'],
    [
      'a way of updates that is none',
      { key: KEY, apiKey: API_KEY, updates: 'QZXJWVKY' },
      'ERR_REQUEST_INVALID',
    ],
    ['nulls that are none', { key: KEY, apiKey: API_KEY, nulls: true }, 'ERR_REQUEST_INVALID'],
    ['names that are none', { key: KEY, apiKey: API_KEY, allowUnknown: 'x' }, 'ERR_REQUEST_INVALID'],
    ['a log that is none', { key: KEY, apiKey: API_KEY, onAnswer: 'x' }, 'ERR_REQUEST_INVALID'],
    ['no room for bodies', { key: KEY, apiKey: API_KEY, maxBodyBytes: 0 }, 'ERR_REQUEST_INVALID'],
  ])('%s', async (_, options, code) => {
    const error = await startEmulator(options as EmulatorOptions).catch((e) => e);
    expect(error).toBeInstanceOf(CredsealError);
    expect(error.code).toBe(code);
    expect(inspect(error)).not.toMatch(/QZXJWVKY|0123456789abcdef/);
  });

  test('undefined counts as left out', async () => {
    const { requests } = await localVault({
      port: undefined,
      host: undefined,
      data: undefined,
      faults: undefined,
    });
    expect((await send(requests.list())).status).toBe(200);
  });
});

describe('where it listens', () => {
  test('on 127.0.0.1 by default, on a free port each', async () => {
    const [a, b] = [await localVault(), await localVault()];
    expect(a.vault.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(a.vault.url).not.toBe(b.vault.url);
  });

  test('on a port that is given, and says so with Node’s own error if it is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const error = await startEmulator({ key: KEY, apiKey: API_KEY, port }).catch((e) => e);
    expect(error.code).toBe('EADDRINUSE');
    await new Promise((resolve) => other.close(resolve));
    const { vault } = await localVault({ port });
    expect(vault.url).toBe(`http://127.0.0.1:${port}`);
  });
});

describe('close', () => {
  test('ends the server; twice is once', async () => {
    const { vault, requests } = await localVault();
    await send(requests.list());
    await Promise.all([vault.close(), vault.close()]);
    await vault.close();
    await expect(send(requests.list())).rejects.toThrow();
  });

  test('lets what is being answered be answered', async () => {
    const { vault, requests } = await localVault();
    const answers = Array.from({ length: 50 }, (_, n) =>
      send(requests.create({ ...REF, permissioned_user_id: `${n}` })),
    );
    await answers[0];
    const ended = vault.close();
    const outcomes = await Promise.allSettled(answers);
    await ended;
    const statuses = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.status : 'refused',
    );
    expect(statuses[0]).toBe(201);
    for (const status of statuses) expect([201, 'refused']).toContain(status);
  });
});

test('a running vault shows neither key nor API key', async () => {
  const { vault } = await localVault();
  const shown = inspect(vault, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(vault);
  expect(shown).not.toMatch(/QZXJWVKY|0123456789abcdef/);
  expect(shown).toContain(vault.url);
});
