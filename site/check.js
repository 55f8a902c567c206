// npm run test:site, after npm run docs:site: no link of the built site is dead, its first page is small, and no page loads
// anything from elsewhere or is wider than a phone. Needs Chromium. The last line counts.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const DIST = fileURLToPath(new URL('dist', import.meta.url));
const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Bytes of the first page with all that it loads, each file as gzip. */
const FIRST_PAGE = 150_000;
const PHONE = { width: 375, height: 667 };
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.json': 'application/json',
};

const files = new Map(
  readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(DIST.length), readFileSync(path)];
    }),
);
const pages = [...files.keys()].filter((path) => path.endsWith('.html') && path !== '/404.html').sort();
const unescaped = (text) =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<');
const attributes = (html, name) =>
  Array.from(html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g')), ([, value]) => unescaped(value));
const text = (path) => files.get(path).toString('utf8');
const ids = new Map(pages.map((path) => [path, new Set(attributes(text(path), 'id'))]));

/** The file of an address, where a folder stands for its index. */
const fileOf = (path) => [path, `${path}index.html`, `${path}.html`].find((one) => files.has(one));

/** What links of a page lead to nothing. */
function deadLinks(page) {
  const links = [...attributes(text(page), 'href'), ...attributes(text(page), 'src')];
  return links.filter((link) => {
    const url = new URL(link, `https://site.invalid${page}`);
    if (url.host !== 'site.invalid') return url.protocol !== 'https:';
    const file = fileOf(decodeURIComponent(url.pathname));
    const anchor = decodeURIComponent(url.hash.slice(1));
    return file === undefined || (anchor !== '' && !ids.get(file)?.has(anchor));
  });
}

let passed = 0;
let failed = 0;
function check(name, problems) {
  if (problems.length === 0) passed += 1;
  else failed += 1;
  console.log(`${problems.length === 0 ? 'passed' : 'FAILED'}  ${name}`);
  for (const problem of problems) console.log(`        ${problem}`);
}

check(
  `${pages.length} pages: no dead link, anchors included`,
  pages.flatMap((page) => deadLinks(page).map((link) => `${page}: ${link}`)),
);

const server = createServer(({ url }, response) => {
  const file = fileOf(decodeURIComponent(new URL(url, 'http://localhost').pathname));
  if (file === undefined) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  return response.end(files.get(file));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${server.address().port}`;
const profile = join(tmpdir(), `credseal-site-${process.pid}`);
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: PROGRAM,
  viewport: PHONE,
  // CI is root, whom Chromium's sandbox refuses.
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
try {
  const elsewhere = [];
  const missing = [];
  const wide = [];
  const broken = [];
  const first = new Set();
  const page = await browser.newPage();
  let at = '';
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) elsewhere.push(`${at}: ${request.url()}`);
    else if (at === pages[0] && url.protocol !== 'data:') first.add(fileOf(decodeURIComponent(url.pathname)));
  });
  page.on('response', (response) => {
    if (response.status() !== 200) missing.push(`${at}: ${response.url()}: ${response.status()}`);
  });
  page.on('pageerror', (error) => broken.push(`${at}: ${error.message}`));
  // The first page comes first, so that nothing of it is in the cache.
  pages.sort((a, b) =>
    a === '/index.html' ? -1 : b === '/index.html' ? 1 : dirname(a) < dirname(b) ? -1 : 1,
  );
  for (at of pages) {
    await page.goto(origin + at, { waitUntil: 'networkidle' });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > PHONE.width) wide.push(`${at}: ${width} px`);
  }
  const loaded = [...first].filter((file) => file !== undefined);
  const raw = loaded.reduce((sum, file) => sum + files.get(file).length, 0);
  // What is compressed already is sent as it is.
  const sizes = loaded.map((file) =>
    extname(file) === '.png' ? files.get(file).length : gzipSync(files.get(file)).length,
  );
  const gzip = sizes.reduce((sum, size) => sum + size, 0);
  check(
    `the first page: ${gzip} bytes with gzip, ${raw} without, in ${loaded.length} files`,
    loaded.length > 2 && gzip <= FIRST_PAGE
      ? []
      : [`at most ${FIRST_PAGE} with gzip`, ...loaded.map((file, index) => `${sizes[index]} ${file}`)],
  );
  check('no page loads anything from another host', elsewhere);
  check('all that pages load is there', missing);
  check('no page throws', broken);
  check(`no page is wider than a phone's ${PHONE.width} px`, wide);
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
  rmSync(profile, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
