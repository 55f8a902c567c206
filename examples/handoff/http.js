// The few lines of HTTP that server and worker have in common.
const LONGEST = 200_000;

/** The body of a request as text; a token has at most 178,955 characters. */
export async function bodyOf(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > LONGEST) return '';
  }
  return body;
}

export function reply(response, status, answer) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}

/** Listens on this machine alone. */
export async function listen(server, port) {
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
  const close = () =>
    new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
