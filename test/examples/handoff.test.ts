import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.js';
import { generateHandoffKeys, sealHandoff } from '../../src/handoff/index.js';
import { openEntry, type StoredEntry, VaultKey, vaultRequests } from '../../src/index.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'examples', 'handoff', 'main.js');
const PATH = process.env.PATH ?? '';
const PLAIN = /correct horse/;

describe('the example of a hand-off', () => {
  it('runs with one command, shows what each part sees, and ends', async () => {
    const { stdout, stderr } = await run(process.execPath, [main], { env: { PATH }, timeout: 60_000 });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^page: seals/m);
    expect(stdout).toMatch(/^server: got eyJ/m);
    expect(stdout).toMatch(/password: '[0-9a-f]{60,}'/);
    expect(stdout).toMatch(/^page: the server answered 202: accepted$/m);
    expect(stdout).not.toMatch(PLAIN);
  });

  it('sends the payload to the vault that is there', async () => {
    const key = VaultKey.generate();
    const received: { method?: string; url?: string; apiKey: unknown; body: string }[] = [];
    const vault = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { method = '', url = '', headers } = request;
      received.push({ method, url, apiKey: headers['cc-key'], body });
      response.writeHead(201).end(body);
    });
    await new Promise<void>((listening) => vault.listen(0, '127.0.0.1', listening));
    const { port } = vault.address() as AddressInfo;
    const env = {
      PATH,
      CLOUDCRUISE_BASE_URL: `http://127.0.0.1:${port}`,
      CLOUDCRUISE_API_KEY: 'sk_test',
      CLOUDCRUISE_ENCRYPTION_KEY: key.toHex(),
    };
    const { stdout } = await run(process.execPath, [main], { env, timeout: 60_000 });
    vault.close();
    expect(stdout).toMatch(/^worker: the vault at http/m);
    expect(received).toEqual([
      { method: 'POST', url: '/vault', apiKey: 'sk_test', body: expect.not.stringMatching(PLAIN) },
    ]);
    expect(openEntry(JSON.parse(received[0]?.body ?? ''), key).password).toMatch(PLAIN);
  });

  it.each([
    [401, '502: It failed.'],
    [409, '409: The vault has another entry under this name: update it.'],
  ])('fails, and says so, where the vault refuses: %i', async (status, said) => {
    const vault = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((listening) => vault.listen(0, '127.0.0.1', listening));
    const { port } = vault.address() as AddressInfo;
    const env = { PATH, CLOUDCRUISE_BASE_URL: `http://127.0.0.1:${port}`, CLOUDCRUISE_API_KEY: 'sk_test' };
    const failed = await run(process.execPath, [main], { env, timeout: 60_000 }).catch((error) => error);
    vault.close();
    expect(failed).toMatchObject({ code: 1, stderr: '' });
    expect(failed.stdout).toContain(`\npage: the server answered ${said}\n`);
  });
});

describe('behind a queue that tries again, the worker of the example', () => {
  const vaultKey = VaultKey.generate();
  const apiKey = 'sk_test';
  let keys: Awaited<ReturnType<typeof generateHandoffKeys>>;
  let local: Emulator;
  let worker: { url: string; close: () => Promise<void> };
  let isAway: () => boolean;
  beforeAll(async () => {
    const path = new URL('../../examples/handoff/worker.js', import.meta.url).href;
    const { startWorker, toVault } = await import(path);
    // The example uses the built package, whose classes are others than those of the sources.
    const ownKey = (await import('credseal')).VaultKey.fromHex(vaultKey.toHex());
    keys = await generateHandoffKeys();
    local = await startEmulator({ key: vaultKey, apiKey });
    const send = toVault({ vaultKey: ownKey, apiKey, baseUrl: local.url });
    const deliver = async (payload: object) => {
      // Between claim and send, and between send and answer.
      if (isAway()) throw new Error('away');
      await send(payload);
      if (isAway()) throw new Error('away');
    };
    worker = await startWorker({
      handoffKeys: keys.privateJwk,
      vaultKey: ownKey,
      deliver,
      log: () => undefined,
    });
  });
  beforeEach(() => {
    isAway = () => false;
  });
  afterAll(async () => {
    await worker.close();
    await local.close();
  });

  const entryOf = (user: string) => ({
    permissioned_user_id: user,
    domain: 'https://portal.example.com',
    password: `correct horse of ${user}`,
  });
  const seal = (user: string) =>
    sealHandoff(entryOf(user), keys.publicJwk, { expiresIn: 600, audience: 'vault-worker' });
  const work = async (job: string, token: string, user: string) => {
    const body = JSON.stringify({ job, token, user });
    const response = await fetch(`${worker.url}/tokens`, { method: 'POST', body });
    return { status: response.status, ...((await response.json()) as { message: string }) };
  };
  const stored = async (user: string) => {
    const ref = { permissioned_user_id: user, domain: 'https://portal.example.com' };
    const get = vaultRequests({ apiKey, key: vaultKey, baseUrl: local.url }).get(ref);
    const answer = await fetch(get.url, get);
    return answer.ok ? openEntry((await answer.json()) as StoredEntry, vaultKey).password : answer.status;
  };

  it('stores an entry whose job failed between the claim and the vault, when the job comes again', async () => {
    const token = await seal('ada');
    isAway = () => true;
    expect(await work('job-1', token, 'ada')).toEqual({ status: 502, message: 'It failed.' });
    expect(await stored('ada')).toBe(404);
    isAway = () => false;
    expect(await work('job-1', token, 'ada')).toEqual({ status: 202, message: 'accepted' });
    expect(await stored('ada')).toBe('correct horse of ada');
  });

  it('refuses the token in another job, before and after its own is done', async () => {
    const token = await seal('bob');
    const used = { status: 409, message: 'This token was used before.' };
    isAway = () => true;
    expect((await work('job-2', token, 'bob')).status).toBe(502);
    isAway = () => false;
    expect(await work('job-3', token, 'bob')).toEqual(used);
    expect((await work('job-2', token, 'bob')).status).toBe(202);
    expect(await work('job-4', token, 'bob')).toEqual(used);
  });

  it('does not let one user use up the token of another', async () => {
    const token = await seal('eve');
    expect(await work('job-5', token, 'mallory')).toEqual({ status: 403, message: 'Not your entry.' });
    expect((await work('job-6', token, 'eve')).status).toBe(202);
  });

  it('knows an entry again whose answer was lost, and tells of one that somebody else has stored', async () => {
    const token = await seal('joe');
    let calls = 0;
    isAway = () => ++calls === 2;
    expect((await work('job-7', token, 'joe')).status).toBe(502);
    expect((await work('job-7', token, 'joe')).status).toBe(202);
    expect(await work('job-8', await seal('joe'), 'joe')).toEqual({
      status: 409,
      message: 'The vault has another entry under this name: update it.',
    });
  });

  it('stores every entry once, whatever fails, and refuses every replay', async () => {
    let seed = 1;
    isAway = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % 3 === 0;
    };
    let replays = 0;
    for (let index = 0; index < 100; index++) {
      const user = `user-${index}`;
      const token = await seal(user);
      let answer = { status: 502 };
      for (let tries = 0; answer.status === 502 && tries < 50; tries++) {
        answer = await work(`${user}, own`, token, user);
        if ((await work(`${user}, replay ${tries}`, token, user)).status === 409) replays += 1;
        else expect.fail('a replay was not refused');
      }
      expect(answer.status).toBe(202);
      expect(await stored(user)).toBe(`correct horse of ${user}`);
    }
    expect(replays).toBeGreaterThan(100);
  });
});

describe('with --serve, the example', () => {
  let url: string;
  let child: ReturnType<typeof spawn>;
  beforeAll(async () => {
    child = spawn(process.execPath, [main, '--serve'], { env: { PATH } });
    // Read to the end, since a pipe that is closed ends the example.
    url = await new Promise((found, ended) => {
      let printed = '';
      child.once('exit', () => ended(new Error(`it ended: ${printed}`)));
      child.stdout?.on('data', (chunk) => {
        printed += chunk;
        const address = /Open (http:\S+) in/.exec(printed)?.[1];
        if (address !== undefined) found(address);
      });
    });
  });
  afterAll(() => void child.kill('SIGKILL'));

  const hand = async (change: object, times = 1) => {
    const publicJwk = await (await fetch(`${url}/handoff-key`)).json();
    const entry = {
      permissioned_user_id: 'user-1',
      domain: 'https://portal.example.com',
      password: 'hunter2',
    };
    const options = { expiresIn: 600, audience: 'vault-worker', ...change };
    const { expiresIn, audience, ...fields } = options as { expiresIn: number; audience: string };
    const token = await sealHandoff({ ...entry, ...fields }, publicJwk, { expiresIn, audience });
    let answer = { status: 0, message: '' };
    for (let time = 0; time < times; time++) {
      const response = await fetch(`${url}/entries`, { method: 'POST', body: token });
      answer = { status: response.status, ...((await response.json()) as { message: string }) };
    }
    return answer;
  };

  it('serves a page that loads nothing from elsewhere, and its script', async () => {
    const page = await fetch(url);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(await page.text()).toContain('<form');
    expect((await fetch(`${url}/front-end.js`)).headers.get('content-type')).toMatch(/javascript/);
  });

  it.each<[string, object, number, number, string]>([
    ['takes an entry', {}, 1, 202, 'accepted'],
    ['refuses the second use of a token', {}, 2, 409, 'This token was used before.'],
    [
      "refuses an entry in somebody else's name",
      { permissioned_user_id: 'user-2' },
      1,
      403,
      'Not your entry.',
    ],
    [
      'refuses a token for somebody else',
      { audience: 'other' },
      1,
      422,
      'The token is refused: it is for another audience.',
    ],
    [
      'refuses an entry that breaks the field table',
      { domain: 'ftp://example.com' },
      1,
      422,
      'domain must begin with https:// or http://.',
    ],
  ])('%s', async (_, change, times, status, message) => {
    expect(await hand(change, times)).toEqual({ status, message });
  });

  it('refuses what is no token', async () => {
    const post = (body: string) => fetch(`${url}/entries`, { method: 'POST', body });
    expect((await post('hunter2')).status).toBe(422);
    expect((await post('a'.repeat(300_000)).catch(() => ({ status: 422 }))).status).toBe(422);
    expect((await fetch(`${url}/../worker.js`)).status).toBe(404);
  });

  it('ends on Ctrl-C', async () => {
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
