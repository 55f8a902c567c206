import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const { installNode24 } = await import(new URL('./runtimes/install.js', import.meta.url).href);
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Runs the tests of a project in Node 24, which pg-boss asks for, and fails with what they print. */
export async function passesInNode24(project: string): Promise<void> {
  const node = await installNode24();
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', project];
  const child = spawn(node, args, { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  expect(output).toMatch(/^[1-9]\d* passed, 0 failed$/m);
  expect(code, output).toBe(0);
}
