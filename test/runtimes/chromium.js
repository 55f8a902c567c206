import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { bounded } from './bounded.js';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox', // CI is root, whom Chromium's sandbox refuses
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs the suite in a page of a headless Chromium. */
export function runInChromium(project) {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: install Debian's package chromium.`);
  return onPage(project, visit);
}

/** Serves the suite as a page, under a policy that lets scripts come from files only. */
export async function onPage({ directory }, visit) {
  const { outputFiles } = await build({
    entryPoints: [join(directory, 'page.js')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  });
  const server = await serve(outputFiles[0].contents);
  try {
    return await visit(`http://127.0.0.1:${server.address().port}/`, directory);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function serve(script) {
  const files = {
    '/': [
      'text/html',
      '<!doctype html><title>credseal</title><script type="module" src="/suite.js"></script>',
    ],
    '/suite.js': ['text/javascript', script],
  };
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url] ?? ['text/plain', ''];
    response.writeHead(url in files ? 200 : 404, {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': "default-src 'none'; script-src 'self'",
    });
    response.end(body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

async function visit(url, directory) {
  const context = await chromium.launchPersistentContext(join(directory, 'chromium'), {
    executablePath: PROGRAM,
    args: FLAGS,
    timeout: 60_000,
  });
  try {
    const page = await context.newPage();
    const shown = [];
    page.on('pageerror', (error) => shown.push(error.message));
    // What the developer tools get to show: text, and previews of objects, private fields and all.
    const tools = await context.newCDPSession(page);
    tools.on('Runtime.consoleAPICalled', ({ args }) => shown.push(JSON.stringify(args)));
    await tools.send('Runtime.enable');
    await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
    const result = await bounded(
      'the page',
      page.evaluate(() => globalThis.result),
    );
    if (result === undefined) throw new Error(`The page ran no suite.\n${shown.join('\n')}`);
    return { version: context.browser()?.version() ?? 'unknown', ...result, shown };
  } finally {
    await context.close();
  }
}
