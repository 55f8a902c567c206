import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const DIST = new URL('../../dist/', import.meta.url);
const { dependencies, man } = JSON.parse(readFileSync(new URL('../package.json', DIST), 'utf8'));
const textOf = (name: string) => readFileSync(new URL(`cli/${name}`, DIST), 'utf8');

describe('the built command line', () => {
  test('is one file, and another one for threads', () => {
    const files = readdirSync(fileURLToPath(new URL('cli', DIST)));
    expect(files.sort()).toEqual(['line-worker.js', 'main.js', 'package.json']);
  });

  test.each(['main.js', 'line-worker.js'])('%s loads only what is in Node, or in a dependency', (name) => {
    const { resolve } = createRequire(new URL(`cli/${name}`, DIST));
    const loads = [...textOf(name).matchAll(/\b(require|import)\("(.+?)"\)/g)];
    expect(loads.length).toBeGreaterThan(1);
    for (const [, how, from = ''] of loads.filter(([, , each = '']) => !isBuiltin(each))) {
      const isDependency = Object.keys(dependencies).some((each) => `${from}/`.startsWith(`${each}/`));
      expect(isDependency, from).toBe(true);
      if (how === 'require') expect(resolve(from)).toContain('node_modules');
    }
  });

  test('comes with its manual page', () => {
    expect(readFileSync(new URL(`../${man}`, DIST), 'utf8')).toMatch(/^\.TH CREDSEAL 1 /);
  });
});
