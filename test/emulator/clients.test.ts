import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { CloudCruise, type VaultClient } from 'cloudcruise';
import { describe, expect, test } from 'vitest';
import { openEntry, type StoredEntry } from '../../src/entry/open-entry.js';
import { guardFetch } from '../../src/preflight/guard-fetch.js';
import { toCurl } from '../../src/request/curl.js';
import type { VaultRequest } from '../../src/request/vault-requests.js';
import { TotpSecret } from '../../src/totp/totp-secret.js';
import { run as runCli } from '../cli/run.js';
import { API_KEY, ENTRY, KEY, localVault, REF, send, TOTP } from './local-vault.js';

const run = promisify(execFile);

/** The published client on another vault: its constructor accepts no base URL but its own, so it is set behind it. */
function publishedClient(url: string, apiKey = API_KEY): VaultClient {
  const cloudcruise = new CloudCruise({ apiKey, encryptionKey: KEY.toHex() });
  Reflect.set(cloudcruise, 'baseUrl', url);
  return cloudcruise.vault;
}

describe('the published JavaScript client, by its own request function', () => {
  test('creates, gets, lists, asks for a code, updates and deletes', async () => {
    const { vault, requests } = await localVault();
    const client = publishedClient(vault.url);
    const { permissioned_user_id, domain, ...options } = ENTRY;
    const created = await client.create(domain, permissioned_user_id, { ...options, persist_cookies: null });
    expect(created).toMatchObject(ENTRY);
    expect(await client.get(REF)).toEqual([created]);
    expect(await client.get()).toEqual([created]);
    expect(openEntry((await send(requests.get(REF))).json, KEY)).toEqual(created);

    const { type, code, expires_in_seconds } = await client.getTfaCode(permissioned_user_id, domain);
    expect({ type, isRight: TotpSecret.parse(TOTP).verify(code) }).toEqual({
      type: 'authenticator',
      isRight: true,
    });
    expect(expires_in_seconds).toBeGreaterThan(0);

    const updated = await client.update({ ...REF, user_name: 'new', password: 'pässword' });
    expect(updated).toMatchObject({ ...ENTRY, user_name: 'new', password: 'pässword' });
    await client.delete(REF);
    expect(await client.get()).toEqual([]);
  });

  test('reads an entry, changes it and sends all of it back', async () => {
    const { vault } = await localVault();
    const client = publishedClient(vault.url);
    await client.create(REF.domain, REF.permissioned_user_id, { user_name: 'ada', password: 'old' });
    const [entry] = await client.get(REF);
    // What it read as null it seals as the text null.
    const updated = await client.update({ ...REF, ...entry, user_name: 'ada', password: 'new' });
    expect(updated).toEqual({ ...entry, password: 'new', updated_at: expect.any(String) });
  });

  test('reads what credseal has sent', async () => {
    const { vault, requests } = await localVault();
    await send(requests.create(ENTRY, { padTo: 64 }));
    expect(await publishedClient(vault.url).get(REF)).toMatchObject([ENTRY]);
  });

  test('is told what to do, in the message of its error', async () => {
    const { vault } = await localVault();
    const client = publishedClient(vault.url);
    const create = () => client.create(REF.domain, REF.permissioned_user_id, { password: 'p' });
    await create();
    await expect(create()).rejects.toThrow('PUT /vault');
    await expect(client.get({ domain: REF.domain })).rejects.toThrow('permissioned_user_id is missing');
    await expect(client.getTfaCode('nobody', REF.domain)).rejects.toThrow('No entry has');
    await expect(publishedClient(vault.url, 'sk_wrong').get()).rejects.toThrow('API key is missing or wrong');
    const misspelt = { passwrod: 'p' } as object;
    await expect(client.create('https://x.example', 'u', misspelt)).rejects.toThrow('Did you mean password?');
  });

  test('gets e-mail codes', async () => {
    const { vault } = await localVault();
    const client = publishedClient(vault.url);
    await client.create(REF.domain, REF.permissioned_user_id, { tfa_method: 'EMAIL' });
    await expect(client.getTfaCode(REF.permissioned_user_id, REF.domain)).rejects.toThrow(
      'No fresh e-mail code',
    );
    vault.putEmailCode({ ...REF, code: '123456' });
    expect(await client.getTfaCode(REF.permissioned_user_id, REF.domain)).toEqual({
      type: 'email',
      code: '123456',
      received_at: expect.any(String),
    });
  });
});

describe('credseal’s own', () => {
  test('guardFetch sends to it what passes', async () => {
    const { vault, requests } = await localVault();
    const guarded = guardFetch(fetch, { keys: KEY, baseUrl: vault.url });
    const { url, ...create } = requests.create(ENTRY);
    expect((await guarded(url, create)).status).toBe(201);
  });
});

describe.runIf(existsSync('/usr/bin/curl') && existsSync('/bin/sh'))('curl, as it is printed', () => {
  const env = { CLOUDCRUISE_API_KEY: API_KEY, PATH: '/usr/bin:/bin', HOME: '/nonexistent', NO_PROXY: '*' };
  const shell = async (command: string) =>
    (
      await run('/bin/sh', ['-c', `${command.trimEnd()} --silent --write-out '\\n%{http_code}'`], { env })
    ).stdout.split('\n');

  test('toCurl of each call', async () => {
    const { requests } = await localVault();
    const calls: [VaultRequest, string][] = [
      [requests.create(ENTRY), '201'],
      [requests.update({ ...REF, password: "it's $HOME" }), '200'],
      [requests.list(), '200'],
      [requests.get(REF), '200'],
      [requests.tfaCode(REF), '200'],
      [requests.clearBrowserState(REF), '200'],
      [requests.delete(REF), '200'],
      [requests.get(REF), '404'],
    ];
    for (const [request, expected] of calls) {
      const [body = '', status] = await shell(toCurl(request));
      expect({ status, method: request.method }).toEqual({ status: expected, method: request.method });
      expect(() => JSON.parse(body)).not.toThrow();
    }
  });

  test('credseal request --curl, and the entry is there', async () => {
    const { vault, requests } = await localVault();
    const printed = await runCli(['request', '--curl'], {
      stdin: JSON.stringify({ ...ENTRY, user_alias: `it's "A" $(id) ü` }),
      env: { CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex(), CLOUDCRUISE_BASE_URL: vault.url },
    });
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    const [body = '', status] = await shell(printed.stdout);
    expect(status).toBe('201');
    const { json } = await send(requests.get(REF));
    expect(json).toEqual(JSON.parse(body));
    expect(openEntry(json as StoredEntry, KEY)).toMatchObject({ ...ENTRY, user_alias: `it's "A" $(id) ü` });
  });

  test('a large entry, for which curl asks first', async () => {
    const { requests } = await localVault({ maxBodyBytes: 3_000_000 });
    const { url, headers, body = '' } = requests.create({ ...REF, user_agent: 'x'.repeat(2_000_000) });
    const child = run(
      '/usr/bin/curl',
      [
        url,
        '--data-binary',
        '@-',
        '--silent',
        '--header',
        'content-type: application/json',
        '--header',
        `cc-key: ${headers['cc-key']}`,
        '--output',
        '/dev/null',
        '--write-out',
        '%{http_code}',
      ],
      { env },
    );
    child.child.stdin?.end(body);
    expect((await child).stdout).toBe('201');
  });
});
