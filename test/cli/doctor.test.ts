import { describe, expect, it } from 'vitest';
import { runHere } from './in-process.js';
import { run } from './run.js';
import { FINGERPRINT, KEY, OLD_KEY, WITH_KEY } from './sealing.js';

describe('credseal doctor', () => {
  it('exits with 0 where cryptography and key are sound, and says what they are', async () => {
    const { code, stdout, stderr } = await runHere(['doctor'], { env: WITH_KEY });
    expect(stdout).toContain(FINGERPRINT);
    expect(stdout).toMatch(/^Ready: Node \d+\.\d+\.\d+, AES-256-GCM by node:crypto$/m);
    expect(stdout).not.toMatch(/FAILS/);
    expect(stdout).not.toContain(KEY);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('gives one JSON document on one line with --format json, for a readiness probe', async () => {
    const env = { ...WITH_KEY, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OLD_KEY };
    const { code, stdout } = await runHere(['doctor', '--format', 'json'], { env });
    expect(stdout.trimEnd()).not.toContain('\n');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      ok: true,
      backend: 'node:crypto',
      runtime: { name: 'node', version: process.versions.node },
    });
    expect(report.checks.length).toBeGreaterThanOrEqual(8);
    expect(report.checks.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    expect(report.keys).toMatchObject([
      { role: 'current', fingerprint: FINGERPRINT, format: 'hex', source: 'CLOUDCRUISE_ENCRYPTION_KEY' },
      { role: 'previous' },
    ]);
    expect(code).toBe(0);
  });

  it.each([
    ['missing', {}],
    ['cut off', { CLOUDCRUISE_ENCRYPTION_KEY: KEY.slice(1) }],
    ['followed by a line break', { CLOUDCRUISE_ENCRYPTION_KEY: `${KEY}\n` }],
  ])('exits with 3 where the key is %s, and says so without showing it', async (_, env) => {
    for (const format of ['text', 'json']) {
      const { code, stdout } = await runHere(['doctor', '--format', format], { env });
      expect(code).toBe(3);
      expect(stdout).toContain('CLOUDCRUISE_ENCRYPTION_KEY');
      expect(stdout).not.toContain(KEY.slice(1));
      if (format === 'json') expect(JSON.parse(stdout)).toMatchObject({ ok: false, keys: [] });
      else expect(stdout).toMatch(/^NOT READY: /m);
    }
  });

  it('exits with 1 where the cryptography is broken', async () => {
    // A platform whose cipher gives something else, as a wrong build of OpenSSL might.
    const broken = `const crypto = require('node:crypto'), { createCipheriv } = crypto;
      crypto.createCipheriv = (...given) => { const cipher = createCipheriv(...given), { update } = cipher;
        cipher.update = (...data) => { const bytes = update.apply(cipher, data); bytes[0] ^= 1; return bytes; }; return cipher; };
      require('node:module').syncBuiltinESMExports();`;
    const { code, stdout } = await run(['doctor'], {
      env: { ...WITH_KEY, NODE_OPTIONS: '--require ./broken.cjs' },
      files: { 'broken.cjs': broken },
    });
    expect(stdout).toMatch(/^FAILS {2}AES-256-GCM encrypts as specified$/m);
    expect(stdout).toMatch(/^NOT READY: /m);
    expect(code).toBe(1);
  });
});
