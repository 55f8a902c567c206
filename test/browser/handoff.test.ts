import { openEntry, type SealedEntry, VaultKey } from 'credseal';
import { generateHandoffKeys } from 'credseal/handoff';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from './chromium.js';

// The example's page in a real browser, its server, and its worker, over real HTTP; all of it the built package.
const { startServer } = await import(new URL('../../examples/handoff/server.js', import.meta.url).href);
const { startWorker } = await import(new URL('../../examples/handoff/worker.js', import.meta.url).href);

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

const vaultKey = VaultKey.generate();
let browser: Awaited<ReturnType<typeof startChromium>>;
let context: BrowserContext;

beforeAll(async () => {
  browser = await startChromium();
  context = browser.context;
});
afterAll(async () => {
  await browser?.close();
});

describe.each(['P-256', 'X25519'] as const)('a person who types into the page, under %s', (curve) => {
  const payloads: SealedEntry[] = [];
  const sent: string[] = [];
  let worker: Listening;
  let server: Listening;
  let page: Page;

  beforeAll(async () => {
    const { publicJwk, privateJwk } = await generateHandoffKeys(curve);
    const deliver = async (payload: SealedEntry) => void payloads.push(payload);
    worker = await startWorker({ handoffKeys: { keys: [privateJwk] }, vaultKey, deliver });
    server = await startServer({ publicJwk, workerUrl: worker.url, log: () => undefined });
    page = await context.newPage();
    page.on('request', (request) =>
      sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`),
    );
    await page.goto(server.url);
  });
  afterAll(async () => {
    await page?.close();
    await server?.close();
    await worker?.close();
  });

  const type = async (fields: Record<string, string>) => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
    await page.click('button');
    const output = page.locator('output');
    await output.filter({ hasText: /[a-z]/ }).waitFor({ timeout: 30_000 });
    const text = await output.textContent();
    await output.evaluate((element) => {
      element.textContent = '';
    });
    return text;
  };

  test('hands the entry to the vault, and nobody in between sees it', async () => {
    const typed = {
      user_name: 'Zoë@example.com',
      password: 'correct "horse" 🔐',
      tfa_secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
    };
    expect(await type(typed)).toBe('202: accepted');
    expect(payloads).toHaveLength(1);
    expect(openEntry(payloads[0] as SealedEntry, vaultKey)).toEqual({
      permissioned_user_id: 'user-1',
      domain: 'https://portal.example.com',
      ...typed,
      tfa_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    });
    const tokens = sent.filter((line) => line.startsWith('POST'));
    expect(tokens).toEqual([expect.stringMatching(/\/entries [\w-]+(\.[\w-]+){4}$/)]);
    const header = JSON.parse(Buffer.from(tokens[0]?.split(/[ .]/).at(-5) ?? '', 'base64url').toString());
    expect(header).toMatchObject({ alg: 'ECDH-ES+A256KW', epk: { crv: curve } });
    expect(sent.join('\n')).not.toMatch(/Zoë|Zo%C3|horse|JBSW/);
  });

  test('is told by the worker what the page does not know', async () => {
    expect(await type({ user_name: 'ada', password: 'x', tfa_secret: '123456' })).toMatch(
      /^422: tfa_secret .* code/,
    );
    expect(payloads).toHaveLength(1);
  });
});

test('a page from http is told that it has no WebCrypto', async () => {
  const { publicJwk } = await generateHandoffKeys();
  const server: Listening = await startServer({
    publicJwk,
    workerUrl: 'http://127.0.0.1:9',
    log: () => undefined,
  });
  const page = await context.newPage();
  // A name that is not this machine's own: the page is no secure context.
  await page.route('http://portal.example/**', async (route) => {
    const response = await fetch(route.request().url().replace('http://portal.example', server.url));
    const body = Buffer.from(await response.arrayBuffer());
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
  });
  await page.goto('http://portal.example/');
  await page.fill('[name=user_name]', 'ada');
  await page.fill('[name=password]', 'hunter2');
  await page.click('button');
  const output = page.locator('output');
  await output.filter({ hasText: /[a-z]/ }).waitFor({ timeout: 30_000 });
  expect(await output.textContent()).toBe('No WebCrypto: it needs https or localhost.');
  await page.close();
  await server.close();
});
