import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { guardFetch } from '../../src/index.js';
import { rounds } from '../rounds.js';
import { KEY } from './payloads.js';

const HOST = 'https://gw.example';
const fetched = vi.fn<typeof fetch>(async () => new Response());

/** Tells whether a POST of what is no payload is kept back. */
async function isGuarded(path: string, base: string): Promise<boolean> {
  const guarded = guardFetch(fetched, { keys: KEY, baseUrl: HOST + base });
  const error = await guarded(HOST + path, { method: 'POST', body: 'hunter2' }).then(
    () => undefined,
    (reason: { code: string }) => reason.code,
  );
  if (error !== undefined) expect(error).toBe('ERR_PREFLIGHT');
  return error !== undefined;
}

const unescaped = (path: string) =>
  path.replaceAll(/(?:%[\da-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
  );

/** What servers, frameworks and proxies do with a path before they ask whose it is. */
const STEPS: Readonly<Record<string, (path: string) => string>> = {
  unescape: unescaped,
  'unescape as IIS does': (path) =>
    path.replaceAll(/%u([\da-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  'unescape overlong UTF-8': (path) =>
    path.replaceAll(/%c([01])%([89ab][\da-f])/gi, (_, high, low) =>
      String.fromCharCode((Number(high) << 6) | (Number.parseInt(low, 16) & 63)),
    ),
  'merge slashes': (path) => path.replaceAll(/\/+/g, '/'),
  'turn backslashes': (path) => path.replaceAll('\\', '/'),
  'leave out parameters': (path) => path.replaceAll(/;[^/]*/g, ''),
  'cut off at parameters': (path) => path.replace(/;.*/s, ''),
  'cut off at a query': (path) => path.replace(/[?#].*/s, ''),
  'cut off at a zero byte': (path) => path.replace(/\0.*/s, ''),
  'cut off spaces and dots at the ends of segments': (path) =>
    path.replaceAll(/[. ]+(?=\/|$)/g, (end) => (/^\.\.?$/.test(end) ? end : '')),
  'remove control characters': (path) => path.replaceAll(/\p{Cc}/gu, ''),
  'remove what shows nothing': (path) => path.replaceAll(/[\xad\u200b-\u200d\u2060\ufeff]/g, ''),
  'compose for compatibility': (path) => path.normalize('NFKC'),
  'lower its case': (path) => path.toLowerCase(),
  'take it for a URL': (path) => {
    const parsed = URL.canParse(path, 'http://server') ? new URL(path, 'http://server') : undefined;
    return parsed?.pathname ?? path;
  },
  'take a host from it': (path) => path.replace(/^\/\/[^/]*/, ''),
  'resolve dots': (path) => {
    const resolved: string[] = [];
    for (const segment of path.split('/').slice(1)) {
      if (segment === '..') resolved.pop();
      else if (segment !== '.') resolved.push(segment);
    }
    return `/${resolved.join('/')}`;
  },
};

const token = fc.constantFrom(
  ...[
    '/',
    '/',
    '/',
    '//',
    '\\',
    '..',
    '..',
    '.',
    ';',
    ';a',
    '?',
    '#',
    '%',
    '%25',
    '%u002f',
    '%u002e',
    '%00',
    '%09',
  ],
  ...[
    '%2f',
    '%2F',
    '%5c',
    '%2e',
    '%252e',
    '%252f',
    '%3b',
    '%3f',
    '%23',
    '%c0%af',
    '%c0%ae',
    '%20',
    ' ',
    'x',
    'xy',
    '.x',
  ],
  ...[
    'vault',
    'vault',
    'vault',
    'vault',
    'VAULT',
    'va',
    'ult',
    '%76',
    '%2576ault',
    'cc',
    'cc',
    '%63c',
    'c',
    '=',
    ',',
    ':',
    '@',
  ],
  ...[
    '\u200b',
    '\u2025',
    '\u2024',
    '\uff0f',
    '\uff0e',
    '\uff36ault',
    '%e2%80%a5',
    '%ef%bc%8f',
    '%c2%ad',
    '\ufeff',
    '[',
    ']',
  ],
);
const somePath = fc.array(token, { maxLength: 12 }).map((tokens) => `/${tokens.join('')}`);
const someSteps = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 8 });
const someBase = fc.constantFrom('', '/cc');

const leadsTo = (vault: string, path: string) => `${path}/`.startsWith(`${vault}/`);

/** What may be done to the path of a vault so that some server still takes it for that. */
const DISGUISES: readonly ((path: string, at: number) => string)[] = [
  (path, at) =>
    `${path.slice(0, at)}%${path.charCodeAt(at).toString(16).padStart(2, '0')}${path.slice(at + 1)}`,
  (path) => path.replaceAll('%', '%25'),
  (path) => path.replace('/', '/x%2f..%2f'),
  (path) => path.replaceAll('/', '//'),
  (path) => path.replace('/', '%2f'),
  (path) => path.replace('/', '/%5c'),
  (path, at) => (path[at] === '/' ? `${path.slice(0, at)}/;v=1${path.slice(at)}` : path.replace('/', '/;/')),
  (path) => `${path};v=1`,
  (path) => `${path}/`,
  (path, at) => path.slice(0, at) + path.slice(at).toUpperCase(),
  (path, at) => `${path.slice(0, at)}%00${path.slice(at)}`,
  (path, at) => `${path.slice(0, at)}\u200b${path.slice(at)}`,
  (path) => `//host${path}`,
];

it('guarded is every path that any server, by whatever steps, could take for that of the vault', {
  timeout: 600_000,
}, async () => {
  let led = 0;
  await fc.assert(
    fc.asyncProperty(somePath, someSteps, someBase, async (path, steps, base) => {
      // What goes over the wire.
      let seen = new URL(HOST + path).pathname;
      let leads = leadsTo(`${base}/vault`, seen);
      for (const step of steps) {
        seen = STEPS[step]?.(seen) ?? seen;
        leads ||= leadsTo(`${base}/vault`, seen);
      }
      if (!leads) return;
      led += 1;
      expect(await isGuarded(path, base), `${path} by ${steps.join(', ')}`).toBe(true);
    }),
    { numRuns: rounds(6000, 60_000) },
  );
  expect(led).toBeGreaterThan(rounds(20, 200));
});

it('guarded is the path of the vault under any disguises', async () => {
  const disguise = fc.tuple(fc.constantFrom(...DISGUISES), fc.nat(60));
  await fc.assert(
    fc.asyncProperty(fc.array(disguise, { maxLength: 6 }), someBase, async (disguises, base) => {
      const path = disguises.reduce(
        (so, [change, at]) => change(so, Math.min(at, so.length - 1)),
        `${base}/vault`,
      );
      expect(await isGuarded(path.replace(/^(?=[^/])/, '/'), base), path).toBe(true);
    }),
    { numRuns: rounds(500, 3000) },
  );
});

it('untouched is every path that begins with another name, and has no way up', async () => {
  const name = fc
    .stringMatching(/^[a-zA-Z\d_~-]{1,8}(\.[a-z\d]{1,4})?$/)
    .filter((text) => text.toLowerCase() !== 'vault');
  const rest = fc.array(
    fc
      .string({ unit: 'binary' })
      .filter((text) => !/[%.\p{Cc}\p{Cs}]/u.test(text.normalize('NFKC')))
      .map(encodeURIComponent),
    { maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(name, rest, async (first, others) => {
      expect(await isGuarded(`/${[first, ...others].join('/')}`, '')).toBe(false);
    }),
    { numRuns: rounds(200, 1000) },
  );
});

it.each<[what: string, make: (size: number) => string]>([
  ['escapes within escapes', (size) => '%'.repeat(size) + '3'.repeat(size)],
  ['escaped escapes', (size) => '%25'.repeat(size)],
  ['escapes', (size) => '%41'.repeat(size)],
  ['escapes that end in none', (size) => `${'%41'.repeat(size)}%`],
  ['slashes', (size) => '/'.repeat(size)],
  ['slashes, and hosts', (size) => '//a'.repeat(size)],
  ['parameters', (size) => ';/'.repeat(size)],
  ['dots', (size) => '.'.repeat(size)],
  ['dot segments', (size) => 'a/../'.repeat(size)],
  ['dots between letters', (size) => 'a..'.repeat(size)],
  ['escaped dot segments', (size) => '%2e%2e%2f'.repeat(size)],
  ['spaces', (size) => '%20'.repeat(size)],
  ['marks in an order that composing has to change', (size) => `a${'\u0315\u0300'.repeat(size)}`],
  ['what shows nothing', (size) => '\u200b'.repeat(size)],
  ['letters', (size) => 'v'.repeat(size)],
  ['the vault', (size) => 'vault/'.repeat(size)],
])('a path of 300,000 characters takes less than three seconds: %s', { retry: 3 }, async (_, make) => {
  const path = `/${make(300_000 / make(1).length)}`;
  const start = performance.now();
  await isGuarded(path, '');
  expect(performance.now() - start).toBeLessThan(3000);
});

it('a host of a million characters takes less than three seconds', { retry: 3 }, async () => {
  const guarded = guardFetch(fetched, { keys: KEY });
  for (const host of [
    '.'.repeat(1_000_000),
    `${'a.'.repeat(500_000)}`,
    `${'1.'.repeat(500_000)}x`,
    '1'.repeat(1_000_000),
  ]) {
    const start = performance.now();
    await guarded(`https://a${host}/vault`, { method: 'POST', body: 'hunter2' });
    expect(performance.now() - start).toBeLessThan(3000);
  }
});
