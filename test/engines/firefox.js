import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

const PROGRAM = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const SLOW = 120_000;

/** A headless Firefox, driven by WebDriver BiDi. */
export async function startFirefox() {
  if (!existsSync(PROGRAM))
    throw new Error(
      `There is no ${PROGRAM}. Install it (Debian: apt-get install firefox-esr), or name one in FIREFOX.`,
    );
  const profile = await mkdtemp(join(tmpdir(), 'credseal-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: PROGRAM,
    headless: true,
    userDataDir: profile,
    timeout: SLOW,
    protocolTimeout: SLOW,
  });
  return {
    version: (await browser.version()).split('/').at(-1),
    profile,
    async open() {
      const page = await browser.newPage();
      page.setDefaultTimeout(SLOW);
      await page.setViewport({ width: 500, height: 900 });
      const shown = [];
      page.on('console', (message) => shown.push(message.text()));
      page.on('pageerror', (error) => shown.push(error.message));
      return {
        shown,
        goto: async (url) => void (await page.goto(url)),
        evaluate: (expression) => page.evaluate(expression),
        type: (text) => page.keyboard.type(text),
        async press(keys) {
          const all = keys.split('+');
          for (const key of all.slice(0, -1)) await page.keyboard.down(key);
          await page.keyboard.press(all.at(-1));
          for (const key of all.slice(0, -1).reverse()) await page.keyboard.up(key);
        },
        clickAt: (x, y) => page.mouse.click(x, y),
        // A page of the back/forward cache does not load, which puppeteer would wait for.
        back: () => page.evaluate('void setTimeout(() => history.back())'),
        close: () => page.close(),
      };
    },
    quit: () => browser.close(),
    async close() {
      if (browser.connected) await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
