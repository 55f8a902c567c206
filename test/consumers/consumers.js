// Each project installs credseal and what it names, and prints "hunter2 back" once a value has gone there and back.

const WORK = `const key = VaultKey.generate();
console.log(openValue(sealValue('hunter2', key), key), 'back');`;
const IMPORTED = `import { openValue, sealValue, VaultKey } from 'credseal';\n${WORK}\n`;
const REQUIRED = `const { openValue, sealValue, VaultKey } = require('credseal');\n${WORK}\n`;

/** All entry points that are no form and no adapter, as TypeScript: keys and errors of one are those of the others. */
const TYPED = `import { CredsealError, KeyRing, openValue, sealEntry, sealValue, VaultKey } from 'credseal';
import { importEntries } from 'credseal/bulk';
import { startEmulator } from 'credseal/emulator';
import { generateHandoffKeys, handoffToVault, sealHandoff } from 'credseal/handoff';
import { protectKeys, unprotectKeys } from 'credseal/key-file';
import { handoffJobId } from 'credseal/queue';
import { vaultClient } from 'credseal/vault';
import { runVectors } from 'credseal/vectors';

export async function thereAndBack(): Promise<string> {
  const key: VaultKey = VaultKey.generate();
  const entry = { permissioned_user_id: 'u', domain: 'https://portal.example.com', password: 'hunter2' };
  const ring: KeyRing = await unprotectKeys(await protectKeys(key, 'correct horse battery'), 'correct horse battery');
  const { publicJwk, privateJwk } = await generateHandoffKeys();
  const token = await sealHandoff(entry, publicJwk, { expiresIn: 60 });
  const payload = await handoffToVault(token, { handoffKeys: privateJwk, vaultKey: ring, maxAge: 60 });
  if (handoffJobId(token).length !== 64 || sealEntry(entry, ring).domain !== payload.domain) throw new Error('another');
  const local = await startEmulator({ key, apiKey: 'sk' });
  try {
    const vault = vaultClient({ apiKey: 'sk', keys: ring, baseUrl: local.url });
    await vault.create(entry);
    const { items } = await importEntries(new Blob(['name,url,username,password\\nP,https://a.example,ada,x\\n']));
    await items.cancel();
    await runVectors({});
    try {
      openValue(sealValue('x', VaultKey.generate()), ring);
    } catch (error) {
      if (error instanceof CredsealError && error.code === 'ERR_OPEN_FAILED')
        return String((await vault.get(entry))?.password) + ' back';
    }
    throw new Error('no error of ours');
  } finally {
    await local.close();
  }
}
`;
const MAIN = "import { thereAndBack } from './work.js';\nthereAndBack().then(console.log);\n";
const tsconfig = (options) =>
  JSON.stringify({
    compilerOptions: { target: 'es2022', strict: true, outDir: 'out', types: ['node'], ...options },
    files: ['main.ts', 'work.ts'],
  });
const TYPESCRIPT = { typescript: '5.9.3', '@types/node': '20.19.43' };
const JEST_TEST = `const { thereAndBack } = require('./work.js');
test('there and back', async () => {
  console.log(await thereAndBack());
});
`;
const JEST_MAIN = (environment) => `/** @jest-environment ${environment} */\n${JEST_TEST}`;
const compiled = { 'main.ts': MAIN, 'work.ts': TYPED };

/** What a server's function answers with: a value that has gone there and back. */
const ANSWER = `const key = VaultKey.generate();
  return new Response(openValue(sealValue('hunter2', key), key) + ' back');`;
const NAMES = "import { openValue, sealValue, VaultKey } from 'credseal';\n";

export const consumers = [
  {
    name: 'Node, require and import have one copy',
    files: {
      'main.cjs': `${REQUIRED}import('credseal').then((module) => {
  if (module.VaultKey !== VaultKey) throw new Error('two copies');
});\n`,
    },
    command: 'node main.cjs',
  },
  {
    name: 'TypeScript 5.9, module node16, from CommonJS',
    files: { ...compiled, 'tsconfig.json': tsconfig({ module: 'node16' }) },
    packages: TYPESCRIPT,
    command: 'tsc && node out/main.js',
  },
  {
    name: 'TypeScript 5.9, module commonjs, resolution node10',
    files: {
      ...compiled,
      'tsconfig.json': tsconfig({ module: 'commonjs', moduleResolution: 'node10', skipLibCheck: true }),
    },
    packages: TYPESCRIPT,
    command: 'tsc && node out/main.js',
  },
  {
    name: 'Jest 30, CommonJS',
    files: {
      ...compiled,
      'tsconfig.json': tsconfig({ module: 'node16', outDir: '.' }),
      'main.test.js': JEST_MAIN('node'),
    },
    packages: { ...TYPESCRIPT, jest: '30.5.2' },
    command: 'tsc && jest',
  },
  {
    name: 'Jest 30, jsdom: a value',
    files: {
      'main.test.js': `/** @jest-environment jsdom */
Object.assign(globalThis, require('node:util'));
test('there and back', () => {
  ${REQUIRED}
});\n`,
    },
    packages: { jest: '30.5.2', 'jest-environment-jsdom': '30.5.2' },
    command: 'jest',
  },
  {
    name: 'Nest-like: decorators, CommonJS',
    files: {
      'main.ts': `import { Injectable } from './injectable.js';
import { openValue, sealValue, VaultKey } from 'credseal';
@Injectable()
class Vault {
  constructor(private readonly key: VaultKey = VaultKey.generate()) {}
  back(text: string): string {
    return openValue(sealValue(text, this.key), this.key) + ' back';
  }
}
console.log(new Vault().back('hunter2'));\n`,
      'injectable.ts': 'export const Injectable = (): ClassDecorator => () => undefined;\n',
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          ...{
            target: 'es2022',
            module: 'commonjs',
            moduleResolution: 'node10',
            outDir: 'out',
            strict: true,
          },
          ...{
            experimentalDecorators: true,
            emitDecoratorMetadata: true,
            skipLibCheck: true,
            types: ['node'],
          },
        },
        files: ['main.ts'],
      }),
    },
    packages: TYPESCRIPT,
    command: 'tsc && node out/main.js',
  },
  {
    name: 'esbuild 0.28, for a browser',
    files: { 'main.js': IMPORTED },
    packages: { esbuild: '0.28.2' },
    command: 'esbuild main.js --bundle --format=esm --outfile=out.mjs --log-level=error && node out.mjs',
  },
  {
    name: 'webpack 5, for Node',
    files: {
      'main.js': IMPORTED,
      'webpack.config.cjs': `module.exports = { mode: 'production', target: 'node', entry: './main.js' };\n`,
    },
    packages: { webpack: '5.113.0', 'webpack-cli': '7.3.1' },
    command: 'webpack && node dist/main.js',
  },
  {
    name: 'Vite 7, a library for browsers',
    type: 'module',
    files: {
      'main.js': IMPORTED,
      'vite.config.js': `export default { logLevel: 'warn', build: { lib: { entry: 'main.js', formats: ['es'], fileName: 'out' } } };\n`,
    },
    packages: { vite: '7.1.12' },
    command: 'vite build && node dist/out.js',
  },
  {
    // Its fetch asks for leave by CORS, which no vault gives: only the local vault itself is tried.
    name: 'happy-dom: the local vault in Vitest',
    type: 'module',
    files: {
      'main.test.ts': `// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { get } from 'node:http';
import { openValue, sealValue, VaultKey } from 'credseal';
import { startEmulator } from 'credseal/emulator';
test('there and back', async () => {
  expect(globalThis.happyDOM).toBeDefined();
  const key = VaultKey.generate();
  const { url, close } = await startEmulator({ key, apiKey: 'sk', faults: () => ({ latency: 10 }) });
  const status = await new Promise((resolve) => get(url + '/vault', ({ statusCode }) => resolve(statusCode)));
  await close();
  expect(status).toBe(401);
  console.log(openValue(sealValue('hunter2', key), key), 'back');
});\n`,
    },
    packages: { vitest: '4.1.12', 'happy-dom': '20.0.10' },
    command: 'vitest run',
  },
  {
    name: 'Bun, the command line compiled to one file',
    files: { 'main.js': IMPORTED },
    packages: { bun: '1' },
    command:
      'bun build --compile node_modules/credseal/dist/cli/main.js --outfile credseal && ./credseal --version && bun main.js',
  },
  {
    // A server component, a client component that is rendered on the server and bundled for browsers, and route
    // handlers in both of Next's runtimes.
    name: 'Next 16, components and route handlers',
    files: {
      'app/layout.js': `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}\n`,
      'app/page.js': `import { openValue, sealValue, VaultKey } from 'credseal';
import { InBrowser } from './in-browser.js';
export default function Page() {
  const key = VaultKey.generate();
  return <main>{openValue(sealValue('on the server', key), key)} <InBrowser /></main>;
}\n`,
      'app/in-browser.js': `'use client';
import { openValue, sealValue, VaultKey } from 'credseal';
import { sealHandoff } from 'credseal/handoff';
export function InBrowser() {
  const key = VaultKey.generate();
  return <button onClick={() => sealHandoff({}, {}, { expiresIn: 60 })}>{openValue(sealValue('in the browser', key), key)}</button>;
}\n`,
      'app/node/route.js': `${NAMES}import { vaultClient } from 'credseal/vault';
import { startEmulator } from 'credseal/emulator';
export const dynamic = 'force-dynamic';
export async function GET() {
  const key = VaultKey.generate();
  const local = await startEmulator({ key, apiKey: 'sk' });
  const entry = { permissioned_user_id: 'u', domain: 'https://portal.example.com', password: 'hunter2' };
  const vault = vaultClient({ apiKey: 'sk', keys: key, baseUrl: local.url });
  await vault.create(entry);
  const { password } = await vault.get(entry);
  await local.close();
  return new Response(password + ' back');
}\n`,
      'app/edge/route.js': `${NAMES}export const runtime = 'edge';
export async function GET() {
  ${ANSWER}
}\n`,
      'next.config.mjs': 'export default { turbopack: { root: import.meta.dirname } };\n',
      'main.cjs': `const next = require('next');
const { createServer } = require('node:http');
(async () => {
  const app = next({ dev: false, hostname: '127.0.0.1' });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer((request, response) => handle(request, response));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const get = async (path) => (await fetch('http://127.0.0.1:' + server.address().port + path)).text();
  const page = await get('/');
  if (!page.includes('on the server') || !page.includes('in the browser')) throw new Error(page);
  const [node, edge] = [await get('/node'), await get('/edge')];
  if (node !== 'hunter2 back') throw new Error(node);
  console.log(edge);
  process.exit();
})();\n`,
    },
    packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
    command: 'NEXT_TELEMETRY_DISABLED=1 next build && NODE_ENV=production node main.cjs',
  },
  {
    // Wrangler needs Node 22. It starts workerd, without nodejs_compat.
    name: 'Cloudflare Workers, by Wrangler 4',
    type: 'module',
    files: {
      'worker.js': `${NAMES}export default {
  fetch() {
  ${ANSWER}
  },
};\n`,
      'wrangler.json': JSON.stringify({
        name: 'consumer',
        main: 'worker.js',
        compatibility_date: '2026-07-01',
      }),
      'main.js': `import { unstable_startWorker } from 'wrangler';
const server = { hostname: '127.0.0.1', port: 0 };
const worker = await unstable_startWorker({ config: 'wrangler.json', dev: { server, inspector: false } });
const answer = await worker.fetch('http://localhost/');
console.log(await answer.text());
await worker.dispose();\n`,
    },
    packages: { node: '22', wrangler: '4.164.0' },
    command: 'CLOUDFLARE_CF_FETCH_ENABLED=false WRANGLER_SEND_METRICS=false node main.js',
  },
];
