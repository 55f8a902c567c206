import { bounded } from './bounded.js';
import { onPage } from './chromium.js';

/** Runs the suite in a page of a browser: test/engines has how they are started. */
export const inEngine = (start) => (project) =>
  onPage(project, async (url) => {
    const engine = await start();
    try {
      const tab = await engine.open();
      await tab.goto(url);
      const result = await bounded('the page', tab.evaluate('globalThis.result'));
      if (result === undefined) throw new Error(`The page ran no suite.\n${tab.shown.join('\n')}`);
      const kept = await tab.evaluate('globalThis.shown');
      await tab.close();
      return { version: engine.version, ...result, shown: [...tab.shown, ...kept] };
    } finally {
      await engine.close();
    }
  });
