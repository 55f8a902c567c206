import { describe, expect, test } from 'vitest';
import { VaultKey } from '../../src/index.js';
import { runHere } from './in-process.js';
import { FINGERPRINT, jwkOf, KEY, OLD_KEY, WITH_KEY } from './sealing.js';

const OLD_FINGERPRINT = VaultKey.fromHex(OLD_KEY).fingerprint;
const thirdKey = VaultKey.generate();

describe('key new', () => {
  test.concurrent.each<[string, string[], RegExp, (printed: string) => VaultKey]>([
    ['64 hex digits', [], /^[0-9a-f]{64}\n$/, (printed) => VaultKey.fromHex(printed.trimEnd())],
    ['a JWK in one line', ['--jwk'], /^\{.*\}\n$/, (printed) => VaultKey.fromJwk(JSON.parse(printed))],
  ])('prints %s, fresh each time, and nothing else', async (_, options, form, read) => {
    const runs = await Promise.all([
      runHere(['key', 'new', ...options]),
      runHere(['key', 'new', ...options]),
    ]);
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(form);
    }
    const [first, second] = runs.map(({ stdout }) => read(stdout).fingerprint);
    expect(first).not.toBe(second);
  });

  test.concurrent('a JWK names its type, its algorithm and the key, and no more', async () => {
    const { stdout } = await runHere(['key', 'new', '--jwk']);
    const { k, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ kty: 'oct', alg: 'A256GCM' });
    expect(Buffer.from(k, 'base64url')).toHaveLength(32);
  });

  test.concurrent.each([[[]], [['--jwk']]])(
    'what it prints with %j is a key file as it is',
    async (options) => {
      const { stdout } = await runHere(['key', 'new', ...options]);
      const shown = await runHere(['key', 'show', '--key-file', 'key'], { files: { key: stdout } });
      const key =
        options.length > 0 ? VaultKey.fromJwk(JSON.parse(stdout)) : VaultKey.fromHex(stdout.trimEnd());
      expect(shown.stdout).toContain(key.fingerprint);
    },
  );

  test.concurrent('asks for no key, and looks at none', async () => {
    const { code } = await runHere(['key', 'new'], { env: { CLOUDCRUISE_ENCRYPTION_KEY: 'malformed' } });
    expect(code).toBe(0);
  });
});

describe('key show', () => {
  const files = {
    'key.hex': `${KEY}\n`,
    'key.jwk': JSON.stringify(jwkOf(KEY)),
    'key.env': `CLOUDCRUISE_ENCRYPTION_KEY=${KEY}\n`,
    'old.hex': OLD_KEY,
    'third.jwk': JSON.stringify(thirdKey.toJwk()),
  };

  test.concurrent.each<[string, string[], Record<string, string>, RegExp]>([
    ['the environment', [], WITH_KEY, /\bhex\b.*CLOUDCRUISE_ENCRYPTION_KEY/],
    ['--env-file', ['--env-file', 'key.env'], {}, /\bhex\b.*--env-file/],
    ['a hex --key-file', ['--key-file', 'key.hex'], {}, /\bhex\b.*--key-file/],
    ['a JWK --key-file', ['--key-file', 'key.jwk'], {}, /\bJWK\b.*--key-file/],
  ])('names fingerprint, format and source, and never the key: %s', async (_, options, env, line) => {
    const { code, stdout, stderr } = await runHere(['key', 'show', ...options], { env, files });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(FINGERPRINT);
    expect(stdout).toMatch(line);
    expect(stdout.split('\n')).toHaveLength(2);
    for (const form of [KEY, KEY.toUpperCase(), jwkOf(KEY).k]) expect(stdout).not.toContain(form);
  });

  test.concurrent.each<[string, string[], Record<string, string>]>([
    [
      '--previous-key-file, repeated',
      ['--previous-key-file', 'old.hex', '--previous-key-file', 'third.jwk'],
      {},
    ],
    [
      'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS, separated by commas',
      [],
      { CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: `${OLD_KEY},${thirdKey.toHex()}` },
    ],
    [
      '--previous-key-file over CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS',
      ['--previous-key-file', 'old.hex', '--previous-key-file', 'third.jwk'],
      { CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: VaultKey.generate().toHex() },
    ],
  ])('lists previous keys behind the current one, in their order: %s', async (_, options, env) => {
    const outcome = await runHere(['key', 'show', ...options], { env: { ...WITH_KEY, ...env }, files });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const lines = outcome.stdout.trimEnd().split('\n');
    expect(lines.map((line) => /\b[0-9a-f]{16}\b/.exec(line)?.[0])).toEqual([
      FINGERPRINT,
      OLD_FINGERPRINT,
      thirdKey.fingerprint,
    ]);
    expect(lines.map((line) => /^\w+/.exec(line)?.[0])).toEqual(['current', 'previous', 'previous']);
    for (const key of [KEY, OLD_KEY, thirdKey.toHex()]) expect(outcome.stdout).not.toContain(key);
  });
});
