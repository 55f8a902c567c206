import { expect, test } from 'vitest';
import { run } from '../cli/run.js';
import { PROGRAM, PYTHON } from './python.js';

test('the reference in Python is confirmed by credseal vectors verify --exec', async () => {
  const { code, stdout, stderr } = await run([
    ...['vectors', 'verify', '--timeout', '120', '--exec'],
    `${PYTHON} '${PROGRAM}'`,
  ]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^all +(\d+) +\1 +0 +0$/m);
});
