import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Platform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackage, type Project } from './installed-package.js';

let project: Project;
beforeAll(() => {
  project = installPackage();
});
afterAll(() => project?.remove());

/** Bundles a module of this project; gives its text, and the files of which something is in it. */
async function bundle(contents: string, platform: Platform, minify = false, external: string[] = []) {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents, resolveDir: project.directory },
    bundle: true,
    minify,
    format: 'esm',
    platform,
    metafile: true,
    external,
    write: false,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  const [output] = Object.values(metafile.outputs);
  const files = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { text: outputFiles[0]?.text ?? '', files: files.map(([path]) => path), imports: output?.imports };
}

describe.each(['browser', 'neutral'] as const)('bundled for the platform %s', (platform) => {
  test('everything needs nothing from outside, and takes the portable backend', async () => {
    const { files, imports } = await bundle("export * from 'credseal'", platform);
    expect(imports).toEqual([]);
    expect(files).toContainEqual(expect.stringMatching(/aes-gcm\.portable\.js$/));
    expect(files).not.toContainEqual(expect.stringMatching(/aes-gcm\.node\.js$/));
  });

  test('an import that is not used leaves nothing', async () => {
    const { text } = await bundle("import { sealEntry, sealValue, VaultKey } from 'credseal'", platform);
    expect(text).toBe('');
  });

  test('sealValue takes neither the TOTP library nor the validation library along', async () => {
    const { files } = await bundle("export { sealValue } from 'credseal'", platform);
    expect(files).toContainEqual(expect.stringMatching(/credseal\/dist\/value\/sealed-value\.js$/));
    expect(files.filter((path) => /node_modules\/(otpauth|jose)\//.test(path))).toEqual([]);
  });

  test('the same search finds the TOTP library where it is needed', async () => {
    const { files } = await bundle("export { TotpSecret } from 'credseal'", platform);
    expect(files).toContainEqual(expect.stringMatching(/node_modules\/otpauth\//));
  });
});

/** What may be imported, and how many kB it may come to: `npm run size` shows the same. */
const sizes: readonly {
  readonly what: string;
  readonly module?: string;
  /** One that is there already, instead of a module. */
  readonly file?: string;
  readonly external?: string[];
  readonly besides?: string;
  readonly limit: number;
}[] = JSON.parse(readFileSync(new URL('../../bench/sizes.json', import.meta.url), 'utf8'));

describe('minified for a browser and compressed, it weighs no more than is promised', () => {
  test.each(sizes)('$what: $limit kB', async ({ module = '', file, external, besides, limit }) => {
    const weighed = (text: string | Buffer) => gzipSync(text, { level: 9 }).length / 1000;
    const kilobytes = async (contents: string) =>
      weighed((await bundle(contents, 'browser', true, external)).text);
    const all = file
      ? weighed(readFileSync(`${project.directory}/node_modules/credseal/${file}`))
      : await kilobytes(module);
    const there = besides === undefined ? 0 : await kilobytes(besides);
    expect(all - there).toBeLessThanOrEqual(limit);
  });
});

test('installed with all that it depends on, it takes no more than 12 MB', () => {
  const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
  const needed = Object.entries<{ dev?: boolean; peer?: boolean }>(packages)
    .filter(([path, { dev, peer }]) => path.startsWith('node_modules/') && !dev && !peer)
    .map(([path]) => new URL(`../../${path}`, import.meta.url));
  expect(needed.length).toBeGreaterThan(6);
  const bytes = [pathToFileURL(`${project.directory}/node_modules/credseal`), ...needed].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      // As a file system counts it, in blocks.
      .map((each) => Math.ceil(statSync(join(each.parentPath, each.name)).size / 4096) * 4096),
  );
  expect(bytes.reduce((sum, size) => sum + size, 0) / 2 ** 20).toBeLessThanOrEqual(12);
});
