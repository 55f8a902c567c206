import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { generateHandoffKeys } from '../../src/handoff/index.js';
import { runHere } from './in-process.js';

let keys: Awaited<ReturnType<typeof generateHandoffKeys>>;
let files: Record<string, string>;
beforeAll(async () => {
  keys = await generateHandoffKeys();
  files = { key: JSON.stringify(keys.publicJwk), private: JSON.stringify(keys.privateJwk), text: 'no JSON' };
});

describe('credseal page', () => {
  test('is one file, whose policy names its script by hash', async () => {
    const { code, stdout, stderr } = await runHere(['page', '--public-key', 'key'], { files });
    expect([code, stderr]).toEqual([0, `The page seals to the key ${keys.publicJwk.kid}.\n`]);
    const [, script = ''] = /<script type="module">([\s\S]*)<\/script>/.exec(stdout) ?? [];
    expect(stdout).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(stdout.match(/<script/g)).toHaveLength(1);
    expect(stdout.replace(script, '')).not.toMatch(/<(link|img|iframe|form|a)\b|https?:|\bsrc=/);
    expect(stdout).toContain('expires-in="604800"');
    // Of the key its public members alone.
    const [, attribute = ''] = /public-key="([^"]*)"/.exec(stdout) ?? [];
    const { crv, kty, x, y } = keys.publicJwk;
    expect(JSON.parse(attribute.replaceAll('&quot;', '"'))).toEqual({ crv, kty, x, y });
  });

  test('what is given stands in it as text', async () => {
    const odd = `"><script>alert(1)</script>`;
    const args = ['page', '--public-key', 'key', '--title', odd, '--user-id', odd, '--domain', odd];
    const { stdout } = await runHere(args, { files });
    expect(stdout.match(/<script/g)).toHaveLength(1);
    expect(stdout).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test.each<[string, string[], number, RegExp]>([
    ['no key', ['page'], 2, /--public-key is missing/],
    ['a private key', ['page', '--public-key', 'private'], 4, /is a private key: nothing is written/],
    ['no JSON', ['page', '--public-key', 'text'], 4, /is not a JWK/],
    [
      'a time that is over',
      ['page', '--public-key', 'key', '--valid-until', '2020-01-01'],
      2,
      /--valid-until/,
    ],
    ['no time', ['page', '--public-key', 'key', '--valid-until', 'soon'], 2, /--valid-until/],
    ['an empty audience', ['page', '--public-key', 'key', '--audience', ''], 2, /--audience/],
    ['a page over its key', ['page', '--public-key', 'key', '-o', 'key'], 2, /same file/],
  ])('refuses %s', async (_, args, exitCode, message) => {
    const { code, stdout, stderr } = await runHere(args, { files });
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(keys.privateJwk.d);
  });
});
