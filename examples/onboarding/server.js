// Serves the page with the form, knows who is logged in, and puts tokens on the queue. It has the public key and no other, so that
// whatever it logs, queues or loses holds no credentials.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { handoffJob } from 'credseal/bullmq';
import { build } from 'esbuild';
import { bodyOf, listen, reply } from '../handoff/http.js';

// No script of anybody else on a page where passwords are typed: it could read them before they are sealed.
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const quoted = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const pageOf = (publicJwk, user, domain) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Add an account</title>
<script type="module" src="/form/index.js"></script>
<main>
<h1>Add an account</h1>
<credseal-form public-key="${quoted(JSON.stringify(publicJwk))}" audience="vault-worker" action="/tokens"
  user-id="${quoted(user)}" domain="${quoted(domain)}"></credseal-form>
</main>
</html>
`;

/** The form's scripts by their paths: esbuild stands for whatever bundles your front end. The worker is a file of its own. */
async function scripts() {
  const form = import.meta.resolve('credseal/form');
  const { outputFiles } = await build({
    entryPoints: { index: fileURLToPath(form) },
    outdir: '/form',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    write: false,
    tsconfigRaw: {},
  });
  return new Map([
    ...outputFiles.map(({ path, text }) => [path, text]),
    ['/form/worker.js', readFileSync(new URL('worker.js', form), 'utf8')],
  ]);
}

/**
 * @param {object} options
 * @param {import('credseal/handoff').HandoffPublicJwk} options.publicJwk
 * @param {string} options.redisUrl
 * @param {string} options.user who is logged in: a real server knows that from the session
 * @param {string} options.domain
 * @param {(line: string) => void} [options.log]
 * @param {number} [options.port]
 */
export async function startServer({ publicJwk, redisUrl, user, domain, log = console.log, port = 0 }) {
  const files = await scripts();
  const page = pageOf(publicJwk, user, domain);
  const queue = new Queue('vault', { connection: { url: redisUrl, maxRetriesPerRequest: 1 } });
  queue.on('error', (error) => log(`server: ${error.message}`));
  const server = createServer(async (request, response) => {
    const { method, url } = request;
    if (method === 'POST' && url === '/tokens') {
      try {
        const token = await bodyOf(request);
        const [job] = await queue.addBulk([handoffJob(token, user)]);
        log(
          `server: queued ${token.slice(0, 24)}… (${token.length} characters) as job ${job.id.slice(0, 8)}…`,
        );
        reply(response, 202, { job: job.id });
      } catch (error) {
        const isToken = error.code !== 'ERR_HANDOFF';
        reply(response, isToken ? 503 : 400, {
          message: isToken ? 'The queue does not answer.' : error.message,
        });
      }
    } else if (method === 'GET' && (url === '/' || files.has(url))) {
      const type = url === '/' ? 'text/html' : 'text/javascript';
      const headers = { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY };
      response.writeHead(200, headers).end(files.get(url) ?? page);
    } else reply(response, 404, { message: 'There is nothing here.' });
  });
  const { url, close } = await listen(server, port);
  return {
    url,
    close: async () => {
      await close();
      await queue.close();
    },
  };
}
