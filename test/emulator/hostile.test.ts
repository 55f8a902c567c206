import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rounds } from '../rounds.js';
import { API_KEY, ENTRY, localVault, REF, send } from './local-vault.js';

/** Whether an answer of the final kind has come whole, by its length. */
const isWhole = (answer: string) => {
  const [head = '', body = ''] = answer.replace(/^HTTP\/1\.1 1[\s\S]*?\r\n\r\n/, '').split('\r\n\r\n');
  return body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
};

/** The same of a list, which comes in chunks. */
const isListWhole = (answer: string) => answer.endsWith('0\r\n\r\n');

/** Sends bytes as they are, and gives what comes back until that is enough, the connection ends, or it has been quiet. */
async function exchange(
  url: string,
  pieces: (string | Uint8Array)[],
  { isEnough = isWhole, quietMs = 30_000 } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let answer = '';
  return new Promise((resolve) => {
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(quietMs, end);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (isEnough(answer)) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece);
    });
  });
}

const AUTH = `host: x\r\ncc-key: ${API_KEY}\r\n`;
const JSON_TYPE = 'content-type: application/json\r\n';
const post = (headers: string, body = '') =>
  `POST /vault HTTP/1.1\r\n${AUTH}${JSON_TYPE}${headers}\r\n${body}`;

/** The parts of an answer, and that it is whole: its body is JSON of the length that it says. */
function parsed(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBe(body.length);
  return { status: Number(head.split(' ')[1]), head, json: JSON.parse(body) };
}

const stillAnswers = async ({ requests }: Awaited<ReturnType<typeof localVault>>) =>
  expect((await send(requests.list())).status).toBe(200);

describe('malformed HTTP is answered with JSON, and the vault goes on', () => {
  test.each<[string, string, number]>([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['another protocol', 'GET /vault HTTQ/1.1\r\n\r\n', 400],
    ['no host', 'GET /vault HTTP/1.1\r\n\r\n', 400],
    ['a method that there is not', `BREW /vault HTTP/1.1\r\n${AUTH}\r\n`, 400],
    ['a header without a name', `GET /vault HTTP/1.1\r\n${AUTH}: x\r\n\r\n`, 400],
    ['a line break in a header', `GET /vault HTTP/1.1\r\n${AUTH}a: b\nc\r\n\r\n`, 400],
    ['a zero byte in a header', `GET /vault HTTP/1.1\r\n${AUTH}a: \0\r\n\r\n`, 400],
    ['headers without end', `GET /vault HTTP/1.1\r\n${AUTH}a: ${'x'.repeat(100_000)}`, 431],
    ['a length that is none', post('content-length: -1\r\n'), 400],
    ['two lengths', post('content-length: 1\r\ncontent-length: 2\r\n', '{}'), 400],
    ['a length and chunks', post('content-length: 2\r\ntransfer-encoding: chunked\r\n', '{}'), 400],
  ])('%s', async (_, bytes, status) => {
    const local = await localVault();
    const answer = parsed(await exchange(local.vault.url, [Buffer.from(bytes, 'latin1')]));
    expect(answer.status).toBe(status);
    expect(answer.head).toMatch(/connection: close/i);
    expect(answer.json).toEqual({ message: expect.any(String), error: expect.any(String) });
    await stillAnswers(local);
  });

  test('a whole URL as the target, as for a proxy, is understood', async () => {
    const local = await localVault();
    const answer = await exchange(local.vault.url, [
      `GET http://x/vault HTTP/1.1\r\n${AUTH}connection: close\r\n\r\n`,
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
  });

  test('CONNECT, an upgrade, and a target of "*" do no harm', async () => {
    const local = await localVault();
    await exchange(local.vault.url, [`CONNECT example.com:443 HTTP/1.1\r\n${AUTH}\r\n`]);
    await exchange(local.vault.url, [`OPTIONS * HTTP/1.1\r\n${AUTH}\r\n`]);
    const upgrade = `GET /vault HTTP/1.1\r\n${AUTH}connection: upgrade\r\nupgrade: websocket\r\n\r\n`;
    await exchange(local.vault.url, [upgrade], { isEnough: isListWhole });
    await stillAnswers(local);
  });

  test('the API key sent twice is wrong', async () => {
    const local = await localVault();
    const answer = await exchange(local.vault.url, [
      `GET /vault HTTP/1.1\r\n${AUTH}cc-key: ${API_KEY}\r\n\r\n`,
    ]);
    expect(parsed(answer).status).toBe(401);
  });
});

describe('bodies', () => {
  test('one that says it is too large is refused before it is sent', async () => {
    const local = await localVault();
    const answer = parsed(await exchange(local.vault.url, [post('content-length: 99999999999\r\n')]));
    expect(answer.status).toBe(413);
    await stillAnswers(local);
  });

  test('one that grows too large in chunks is refused, and not kept', async () => {
    const local = await localVault({ maxBodyBytes: 1000 });
    const chunk = `${(1000).toString(16)}\r\n${'x'.repeat(1000)}\r\n`;
    const answer = parsed(
      await exchange(local.vault.url, [post('transfer-encoding: chunked\r\n'), ...Array(20).fill(chunk)]),
    );
    expect(answer.status).toBe(413);
    await stillAnswers(local);
  });

  test('a client that waits with its body is told to go on, or that it need not', async () => {
    const local = await localVault();
    const body = JSON.stringify(REF);
    const expecting = (length: number) => post(`expect: 100-continue\r\ncontent-length: ${length}\r\n`);
    const asked = await exchange(local.vault.url, [expecting(body.length), body]);
    expect(asked).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201/);
    const tooLarge = await exchange(local.vault.url, [expecting(5_000_000)]);
    expect(parsed(tooLarge)).toMatchObject({ status: 413 });
    const noKey = await exchange(local.vault.url, [expecting(10).replace(API_KEY, 'other')]);
    expect(parsed(noKey)).toMatchObject({ status: 401 });
  });

  test('one that ends in the middle is nobody’s entry', async () => {
    const local = await localVault();
    const body = JSON.stringify(REF);
    await exchange(local.vault.url, [post(`content-length: ${body.length + 5}\r\n`, body)], { quietMs: 100 });
    await exchange(local.vault.url, [post('transfer-encoding: chunked\r\n', `5\r\n${body}`)], {
      quietMs: 100,
    });
    expect((await send(local.requests.list())).json).toEqual([]);
  });

  test('one that is no UTF-8 is refused', async () => {
    const local = await localVault();
    const body = Buffer.concat([
      Buffer.from('{"permissioned_user_id":"'),
      Uint8Array.of(0xff),
      Buffer.from('"}'),
    ]);
    const answer = await exchange(local.vault.url, [post(`content-length: ${body.length}\r\n`), body]);
    expect(parsed(answer).status).toBe(400);
  });

  test('one with a member twice is refused, since readers do not agree which one counts', async () => {
    const local = await localVault();
    const body = `{"domain":"https://example.com",${JSON.stringify(REF).slice(1)}`;
    const answer = await exchange(local.vault.url, [post(`content-length: ${body.length}\r\n`, body)]);
    expect(parsed(answer)).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('member twice') },
    });
    expect((await send(local.requests.list())).json).toEqual([]);
  });

  test('several requests at once are answered in turn', async () => {
    const local = await localVault();
    const body = JSON.stringify(REF);
    const create = post(`content-length: ${body.length}\r\n`, body);
    const answer = await exchange(local.vault.url, [create, create, `GET /vault HTTP/1.1\r\n${AUTH}\r\n`], {
      isEnough: isListWhole,
    });
    expect(Array.from(answer.matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status)).toEqual([
      '201',
      '409',
      '200',
    ]);
  });
});

test('any bytes, whole or in pieces, leave it running', async () => {
  const local = await localVault();
  const body = JSON.stringify(ENTRY);
  const good = Buffer.from(post(`content-length: ${body.length}\r\n`, body));
  const damaged = fc
    .record({ at: fc.nat(good.length - 1), byte: fc.nat(255), cut: fc.nat(good.length) })
    .map(({ at, byte, cut }) =>
      Buffer.from(good)
        .fill(byte, at, at + 1)
        .subarray(0, cut),
    );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), damaged), fc.nat(400), async (bytes, at) => {
      await exchange(local.vault.url, [bytes.subarray(0, at), bytes.subarray(at)], { quietMs: 15 });
    }),
    { numRuns: rounds(40, 150) },
  );
  await stillAnswers(local);
});

test('hundreds of connections that say nothing keep nobody else out', async () => {
  const local = await localVault();
  const { hostname, port } = new URL(local.vault.url);
  const idle = Array.from({ length: 300 }, () => connect(Number(port), hostname));
  onTestFinished(() => {
    for (const socket of idle) socket.destroy();
  });
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  await stillAnswers(local);
});

test('clients that go away in the middle of a long answer leave it running', async () => {
  const local = await localVault();
  const user_agent = 'x'.repeat(100_000);
  for (let at = 0; at < 30; at++)
    await send(local.requests.create({ ...REF, permissioned_user_id: `${at}`, user_agent }));
  for (let at = 0; at < 10; at++) {
    const { hostname, port } = new URL(local.vault.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`GET /vault HTTP/1.1\r\n${AUTH}\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
  }
  await stillAnswers(local);
});
