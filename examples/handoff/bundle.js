// The page's script with what it imports in one file. esbuild stands for whatever bundles your front end.
import { fileURLToPath } from 'node:url';

let script;

/** The script as text; bundled once. */
export function frontEnd() {
  script ??= bundle();
  return script;
}

async function bundle() {
  const { build } = await import('esbuild').catch((cause) => {
    throw new Error('The page needs esbuild: npm install --save-dev esbuild', { cause });
  });
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('front-end.js', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    tsconfigRaw: {},
  });
  return outputFiles[0].text;
}
