import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Found } from './memory/given.js';

const REPETITIONS = 3;
const SCENARIOS = 10;
const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'credseal-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a process that destroyed its keys still has of them, after eight collections. */
async function foundWith(backend: string): Promise<Found> {
  const outfile = join(folder, `${backend}.mjs`);
  await build({
    entryPoints: [pathOf('./memory/process.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    alias: { '#aes-gcm': pathOf(`../../src/value/aes-gcm.${backend}.ts`) },
  });
  const masks = Array.from({ length: SCENARIOS * REPETITIONS }, () => [...randomBytes(32)]);
  const given = JSON.stringify({ masks, repetitions: REPETITIONS });
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', outfile, given], { encoding: 'utf8' }));
}

// Elsewhere a process cannot read its own memory as a file.
describe.runIf(existsSync('/proc/self/mem')).each(['node', 'portable'])('with the backend %s', (backend) => {
  let found: Found;
  beforeAll(async () => {
    found = await foundWith(backend);
  });

  test('what is kept is found, so that what is not found is not there', () => {
    expect(Object.keys(found)).toHaveLength(SCENARIOS);
    expect(found['kept as bytes']).toEqual({ bytes: REPETITIONS, hex: 0 });
    expect(found['kept as hex']).toEqual({ bytes: 0, hex: REPETITIONS });
  });

  test.each([
    'fromBytes',
    'fromBytes, sealValue',
    'fromBytes, everything',
    'fromJwk, toJwk',
    'KeyRing',
    'protectKeys, unprotectKeys',
  ])('of a destroyed key nothing is left: %s', (scenario) => {
    expect(found[scenario]).toEqual({ bytes: 0, hex: 0 });
  });

  test.each(['fromHex', 'fromEnv'])('nor of its bytes, where the text is its owner’s: %s', (scenario) => {
    expect(found[scenario]?.bytes).toBe(0);
  });
});
