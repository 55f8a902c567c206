import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { generateHandoffKeys, openHandoff } from 'credseal/handoff';
import { build } from 'esbuild';

const built = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

/** What a page of strict rules allows: its own scripts, its own addresses, and Trusted Types. */
export const STRICT =
  "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types credseal";

/** A page with a form on it. */
export interface FormPage {
  /** Attributes of the form, as HTML has them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly policy?: string;
  /** Whether the worker's file is there. */
  readonly hasWorker?: boolean;
  /** Whether the reader of pictures is there. */
  readonly hasReader?: boolean;
  /** What stands around the form, with `FORM` where that is. */
  readonly body?: string;
  /** A script that runs before the element is loaded. */
  readonly before?: string;
}

const isMissing = (page: FormPage | undefined, file: string | undefined) =>
  (page?.hasWorker === false && file === '/form/worker.js') ||
  (page?.hasReader === false && file === '/form/qr-reader.js');

/** The worker's keys, and what a form of the tests is given. */
export const { publicJwk, privateJwk } = await generateHandoffKeys();
export const attributes = {
  'public-key': JSON.stringify(publicJwk),
  audience: 'vault-worker',
  domain: 'https://portal.example.com',
  'user-id': 'user-1',
};
/** Opens a token as the worker does. */
export const open = (token: string) =>
  openHandoff(token, privateJwk, { maxAge: 600, audience: 'vault-worker' });

const quoted = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** Serves pages with the built form, bundled as a front end would be. `posted` is what arrives at /tokens. */
export async function serveForms(): Promise<{
  readonly url: string;
  /** Gives a page's address. */
  add(page: FormPage): string;
  readonly posted: string[];
  /** What /tokens answers, one after the other; then 202. */
  readonly answers: number[];
  close(): Promise<void>;
}> {
  // As a file of its own, whose name is known.
  const external = ['./qr-reader.js'];
  const { outputFiles } = await build({
    entryPoints: { index: built('form/index.js'), axe: 'axe-core' },
    outdir: '/form',
    bundle: true,
    external,
    format: 'esm',
    splitting: true,
    platform: 'browser',
    write: false,
    tsconfigRaw: {},
  });
  const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  scripts.set('/form/worker.js', readFileSync(built('form/worker.js'), 'utf8'));
  scripts.set('/form/qr-reader.js', readFileSync(built('form/qr-reader.js'), 'utf8'));
  const pages = new Map<string, FormPage>();
  const posted: string[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const [, number = '', file] = /^\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const page = pages.get(number);
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += chunk;
      posted.push(body);
      response.writeHead(answers.shift() ?? 202).end();
      return;
    }
    const headers = { 'content-security-policy': page?.policy ?? STRICT };
    const script = scripts.get(file ?? '');
    if (page !== undefined && file === '/') {
      const attributes = Object.entries(page.attributes).map(
        ([name, value]) => ` ${name}="${quoted(value)}"`,
      );
      const form = `<credseal-form${attributes.join('')}></credseal-form>`;
      const body = (page.body ?? '<main><h1>Add an account</h1>FORM</main>').replace('FORM', form);
      response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' });
      response.end(
        `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Add an account</title><script src="/${number}/before.js"></script><script type="module" src="/${number}/form/index.js"></script>${body}</html>`,
      );
    } else if (file === '/before.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(page?.before ?? '');
    } else if (script !== undefined && !isMissing(page, file)) {
      response.writeHead(200, { ...headers, 'content-type': 'text/javascript; charset=utf-8' }).end(script);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    posted,
    answers,
    add(page) {
      const number = `${pages.size + 1}`;
      pages.set(number, page);
      return `${url}/${number}/`;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
