import { describe, expect, test } from 'vitest';
import { beginDocument } from '../../src/cli/input/document-source.js';
import { shell } from './run.js';
import { plaintextOf, sealBytes, WITH_KEY } from './sealing.js';

const plain = (n: number) =>
  JSON.stringify({ permissioned_user_id: `u${n}`, domain: 'https://example.com', password: `p${n}` });
const three = `${plain(1)}\n${plain(2)}\n${plain(3)}\n`;

describe('a file', () => {
  test('that is refused is closed: more of them than a process may have open', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [
        `f${n}.ndjson`,
        new Uint8Array([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}\n')]),
      ]),
    );
    const sealed = { permissioned_user_id: 'u', domain: 'https://example.com', password: sealBytes('"p"') };
    const line = 'ulimit -n 64; credseal preflight f*.ndjson good.json';
    const { code, stderr } = await shell(line, {
      env: WITH_KEY,
      files: { ...files, 'good.json': JSON.stringify(sealed) },
    });
    expect(code).toBe(4);
    expect(stderr.match(/is not valid UTF-8/g)).toHaveLength(100);
    expect(stderr).not.toMatch(/cannot be read/);
  });

  test.each([
    'credseal payload f',
    'credseal payload <f',
    'credseal payload - <f',
    'cat f | credseal payload',
    'credseal payload /dev/stdin <f',
    'mkfifo p && (cat f >p & credseal payload p)',
    'credseal payload f | cat',
    'credseal payload f --jobs 2',
  ])('gives the same whatever way it comes: %s', async (line) => {
    const { code, stdout, stderr } = await shell(line, { env: WITH_KEY, files: { f: three } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const opened = stdout
      .trimEnd()
      .split('\n')
      .map((each) => plaintextOf(JSON.parse(each).password));
    expect(opened).toEqual(['"p1"', '"p2"', '"p3"']);
  });

  test('on standard input is read from where it is', async () => {
    const line = '(read -r first; credseal payload) <f';
    const { stdout } = await shell(line, { env: WITH_KEY, files: { f: three } });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((each) => JSON.parse(each).permissioned_user_id),
    ).toEqual(['u2', 'u3']);
  });
});

test('a document that comes line by line takes a time in proportion to its lines', { retry: 3 }, async () => {
  async function timeOf(lines: number): Promise<number> {
    async function* chunks() {
      yield Buffer.from('[\n');
      for (let line = 0; line < lines; line++) yield Buffer.from('  {},\n');
      yield Buffer.from('  {}\n]\n');
    }
    const start = performance.now();
    expect(await beginDocument({ chunks: chunks() })).toHaveProperty('text');
    return performance.now() - start;
  }
  await timeOf(20_000);
  const few = await timeOf(20_000);
  expect((await timeOf(80_000)) / few).toBeLessThan(10);
});
