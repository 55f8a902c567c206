// What stands between the page and the worker: it serves the page, knows who the user is, and passes tokens on. It has
// the public key and no other, so that whatever it logs, queues or loses holds no credentials.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { frontEnd } from './bundle.js';
import { bodyOf, listen, reply } from './http.js';

const PAGE = readFileSync(new URL('page.html', import.meta.url));
// No script of anybody else on a page where passwords are typed: it could read them before they are sealed.
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'";

/** @param {{ publicJwk: object, workerUrl: string, log?: (line: string) => void, port?: number }} options */
export async function startServer({ publicJwk, workerUrl, log = console.log, port = 0 }) {
  const files = {
    '/': ['text/html', () => PAGE],
    '/front-end.js': ['text/javascript', frontEnd],
    '/handoff-key': ['application/json', () => JSON.stringify(publicJwk)],
  };
  const passOn = async (token) => {
    log(`server: got ${token.slice(0, 40)}… (${token.length} characters)`);
    // A real server knows the user from the session. The worker holds that against what is inside. And it puts this into a
    // queue, which gives the job its id, and tries it again where it failed.
    const body = JSON.stringify({ job: randomUUID(), token, user: 'user-1' });
    const post = () => fetch(`${workerUrl}/tokens`, { method: 'POST', body });
    let answer = await post();
    for (let again = 0; answer.status === 502 && again < 2; again++) answer = await post();
    return [answer.status, await answer.json()];
  };
  const server = createServer(async (request, response) => {
    if (request.method === 'GET' && Object.hasOwn(files, request.url)) {
      const [type, content] = files[request.url];
      const headers = { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY };
      response.writeHead(200, headers).end(await content());
    } else if (request.method === 'POST' && request.url === '/entries') {
      const answer = bodyOf(request).then(passOn);
      reply(response, ...(await answer.catch(() => [502, { message: 'The worker does not answer.' }])));
    } else {
      reply(response, 404, { message: 'There is nothing here.' });
    }
  });
  return listen(server, port);
}
