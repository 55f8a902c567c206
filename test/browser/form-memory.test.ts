import { setTimeout } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChromium } from './chromium.js';
import { attributes, publicJwk, serveForms } from './form-pages.js';
import { foundInFiles } from './profile-search.js';

// What is left of a sealed entry, and how long it takes: Chromium's developer tools say.

const VALUES = ['Zaphod-8c1f77', 'Trillian-5e0b12', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'];

let browser: Awaited<ReturnType<typeof startChromium>>;
let forms: Awaited<ReturnType<typeof serveForms>>;
let page: Page;

let address: string;

beforeAll(async () => {
  forms = await serveForms();
  browser = await startChromium();
  page = await browser.context.newPage();
  address = forms.add({ attributes });
  await page.goto(address);
  await page.locator('credseal-form input').first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  await forms?.close();
});

async function typeValues() {
  for (const [index, name] of ['user_name', 'password', 'tfa_secret'].entries()) {
    await page.locator(`credseal-form #${name}`).click();
    await page.keyboard.type(VALUES[index] ?? '');
  }
}

/** The snapshot of a heap, as text, after two collections. */
async function heapOf(tools: CDPSession): Promise<string> {
  const chunks: string[] = [];
  const keep = ({ chunk }: { chunk: string }) => void chunks.push(chunk);
  tools.on('HeapProfiler.addHeapSnapshotChunk', keep);
  await tools.send('HeapProfiler.collectGarbage');
  await tools.send('HeapProfiler.collectGarbage');
  await tools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  tools.off('HeapProfiler.addHeapSnapshotChunk', keep);
  return chunks.join('');
}

const foundIn = (heap: string) => VALUES.filter((value) => heap.includes(value));

test('2 s after sealing and two collections, no value of a field is in the heap of the page', async () => {
  const tools = await browser.context.newCDPSession(page);
  await typeValues();
  await page.locator('credseal-form [part=show]').click();
  // What a script of the page has is found: the search works.
  await page.evaluate(() => {
    const input = document.querySelector('credseal-form')?.shadowRoot?.querySelector('input');
    Object.assign(globalThis, { kept: { value: input?.value } });
  });
  expect(foundIn(await heapOf(tools))).toEqual([VALUES[0]]);
  await page.evaluate(() => Object.assign(globalThis, { kept: undefined }));
  // With a code of the secret still asked for when it is sealed.
  await page.evaluate(() => {
    const root = document.querySelector('credseal-form')?.shadowRoot;
    root?.querySelector<HTMLButtonElement>('[part=button]')?.click();
    root?.querySelector('#tfa_secret')?.dispatchEvent(new Event('input'));
  });
  await page.locator('credseal-form [part=status]').filter({ hasText: 'Sealed.' }).waitFor();
  await setTimeout(2000);
  expect(foundIn(await heapOf(tools))).toEqual([]);
  await tools.detach();
});

// Of 15 rounds the fourth fastest: what others do on the machine makes rounds slower, never faster.
test('from click to token it takes at most 50 ms', async () => {
  const times = await page.evaluate(async (jwk) => {
    const form = document.querySelector('credseal-form');
    const root = form?.shadowRoot;
    const button = () => root?.querySelector<HTMLButtonElement>('[part=button]');
    const sealed: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < 15; round++) {
      if (root?.querySelector('input') === null) button()?.click();
      await (form as unknown as { sealsIn(): Promise<string> }).sealsIn();
      for (const input of root?.querySelectorAll<HTMLInputElement>('input:not([type=file])') ?? [])
        if (input.id !== 'tfa_secret') input.value = 'correct horse battery staple';
      const start = performance.now();
      const done = new Promise((resolve) => form?.addEventListener('sealed', resolve, { once: true }));
      button()?.click();
      await done;
      sealed.push(performance.now() - start);
      const { kty, crv, x, y } = jwk;
      const began = performance.now();
      const agreement = { name: 'ECDH', namedCurve: 'P-256' };
      const other = await crypto.subtle.importKey(
        'jwk',
        { kty, crv, x, y } as JsonWebKey,
        agreement,
        false,
        [],
      );
      const { privateKey } = await crypto.subtle.generateKey(agreement, false, ['deriveBits']);
      const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: other }, privateKey, 256);
      const key = await crypto.subtle.importKey('raw', shared, 'AES-GCM', false, ['encrypt']);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(256));
      bare.push(performance.now() - began);
    }
    return { sealed, bare };
  }, publicJwk);
  const sorted = (all: number[]) => all.sort((one, other) => one - other);
  const [sealed, bare] = [sorted(times.sealed), sorted(times.bare)];
  console.log(
    `from click to token ${sealed[7]?.toFixed(1)} ms, bare WebCrypto ${bare[7]?.toFixed(1)} ms (medians)`,
  );
  expect(sealed[3]).toBeLessThanOrEqual(50);
});

test('after typing, sealing, typing, leaving and returning, no file of the profile has a value', async () => {
  await page.goto(address);
  await typeValues();
  await page.locator('credseal-form [part=button]').click();
  await page.locator('credseal-form [part=status]').filter({ hasText: 'Sealed.' }).waitFor();
  await page.locator('credseal-form [part=button]').click();
  await typeValues();
  await page.goto('about:blank');
  await page.goBack();
  await page.locator('credseal-form input').first().waitFor();
  await typeValues();
  // What Chromium puts off is written by then.
  await setTimeout(5000);
  await browser.context.close();
  // The address is in the history: the search works.
  expect(await foundInFiles(browser.profile, [...VALUES, address])).toEqual([address]);
});
