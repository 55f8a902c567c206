import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generateHandoffKeys, openHandoff } from 'credseal/handoff';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runHereIn } from '../cli/in-process.js';
import { inFolder } from '../cli/run.js';
import { startChromium } from './chromium.js';

// The page of `credseal page`, opened from the disk.

const { publicJwk, privateJwk } = await generateHandoffKeys();
const PASSWORD = 'correct "horse" <b>🔐';
let browser: Awaited<ReturnType<typeof startChromium>>;

beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

/** Makes a page, opens it, and gives what it logs and asks for besides itself. */
async function withPage(
  options: readonly string[],
  look: (opened: {
    page: import('playwright-core').Page;
    asked: string[];
    logged: string[];
  }) => Promise<void>,
): Promise<void> {
  await inFolder({ key: JSON.stringify(publicJwk) }, async (cwd) => {
    const { code, stderr } = await runHereIn(cwd, [
      'page',
      '--public-key',
      'key',
      '-o',
      'seal.html',
      ...options,
    ]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(publicJwk.kid);
    const page = await browser.context.newPage();
    const asked: string[] = [];
    const logged: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => logged.push(message.text()));
    page.on('pageerror', (error) => logged.push(error.message));
    const address = pathToFileURL(join(cwd, 'seal.html')).href;
    await page.goto(address);
    await look({ page, asked: asked.filter((url) => url !== address), logged });
    await page.close();
  });
}

describe('credseal page', () => {
  test('seals what is typed, from a disk, and asks for nothing', async () => {
    const options = ['--domain', 'https://shop.example', '--audience', 'ours', '--title', 'Shop & "Co" <x>'];
    await withPage(options, async ({ page, asked, logged }) => {
      expect(await page.title()).toBe('Shop & "Co" <x>');
      const field = (name: string) => page.locator(`credseal-form #${name}`);
      await field('permissioned_user_id').fill('ada');
      await field('user_name').fill('ada@shop.example');
      await field('password').fill(PASSWORD);
      await page.locator('credseal-form [part=key]').filter({ hasText: publicJwk.kid }).waitFor();
      await page.locator('credseal-form [part=button]').click();
      await page.locator('#result').waitFor();
      const token = await page.locator('#token').inputValue();
      expect(await openHandoff(token, privateJwk, { maxAge: 600, audience: 'ours' })).toEqual({
        permissioned_user_id: 'ada',
        domain: 'https://shop.example',
        user_name: 'ada@shop.example',
        password: PASSWORD,
      });
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save').click()]);
      expect(await readFile(await download.path(), 'utf8')).toBe(`${token}\n`);
      await page.locator('#copy').click();
      await page
        .locator('#told')
        .filter({ hasText: /opied|selected/ })
        .waitFor();
      expect(await page.content()).not.toContain('horse');
      expect([asked.filter((url) => !url.startsWith('blob:')), logged]).toEqual([[], []]);
    });
  });

  test('its policy lets no other script in, and sends nothing', async () => {
    await withPage([], async ({ page }) => {
      const outcome = await page.evaluate(async () => {
        const sent = await fetch('https://example.com/').then(
          () => 'sent',
          () => 'refused',
        );
        const script = document.createElement('script');
        try {
          script.text = 'globalThis.ran = true';
          document.body.append(script);
        } catch {
          // Trusted Types.
        }
        return [sent, 'ran' in globalThis];
      });
      expect(outcome).toEqual(['refused', false]);
    });
  });

  test('nothing can be typed once it is over', async () => {
    const soon = new Date(Date.now() + 3000).toISOString();
    await withPage(['--valid-until', soon], async ({ page }) => {
      await page.clock.install({ time: Date.now() + 3_600_000 });
      await page.reload();
      await page.locator('credseal-form [part=status]').filter({ hasText: 'expired' }).waitFor();
      expect(await page.locator('credseal-form input').count()).toBe(0);
    });
  });
});
