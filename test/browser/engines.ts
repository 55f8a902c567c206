import type { Engine } from '../engines/engine.js';
import { startFirefox } from '../engines/firefox.js';
import { startWebKit } from '../engines/webkit.js';
import { startChromium } from './chromium.js';

/** The three, each with a way to start it. */
export const engines: readonly (readonly [name: string, start: () => Promise<Engine>])[] = [
  ['Chromium', startDrivenChromium],
  ['Firefox', startFirefox],
  ['WebKit', startWebKit],
];

async function startDrivenChromium(): Promise<Engine> {
  const { context, profile, close } = await startChromium();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  return {
    version: context.browser()?.version() ?? 'unknown',
    profile,
    quit: () => context.close(),
    close,
    async open() {
      const page = await context.newPage();
      const shown: string[] = [];
      page.on('console', (message) => shown.push(message.text()));
      page.on('pageerror', (error) => shown.push(error.message));
      return {
        shown,
        goto: async (url) => void (await page.goto(url)),
        evaluate: (expression) => page.evaluate(expression),
        type: (text) => page.keyboard.type(text),
        press: (keys) => page.keyboard.press(keys),
        clickAt: (x, y) => page.mouse.click(x, y),
        back: async () => void (await page.goBack()),
        close: () => page.close(),
      };
    },
  };
}
