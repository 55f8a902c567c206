import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackage, type Project } from './installed-package.js';

const ATTW = fileURLToPath(new URL('../../node_modules/.bin/attw', import.meta.url));

let project: Project;
beforeAll(() => {
  project = installPackage();
});
afterAll(() => project?.remove());

describe('the packed package', () => {
  test('is in good form, says publint', async () => {
    const pkgDir = join(project.directory, 'node_modules/credseal');
    const { messages } = await publint({ pkgDir, pack: false, strict: true });
    expect(messages).toEqual([]);
  });

  test('has types that are found wherever its code is, says "Are the types wrong?"', () => {
    const options = ['--format', 'ascii', '--no-color', '--no-emoji'];
    const { status, stdout, stderr } = spawnSync(ATTW, [project.tarball, ...options], { encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toContain('"credseal"');
    expect(stdout).toContain('No problems found');
  });
});
