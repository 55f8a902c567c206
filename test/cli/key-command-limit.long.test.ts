import { expect, test } from 'vitest';
import { runHere } from './in-process.js';

test('--key-command that hangs is stopped after 30 s', async () => {
  const start = performance.now();
  const { code, stderr } = await runHere(['key', 'show', '--key-command', 'sleep 100'], {
    env: { PATH: process.env.PATH ?? '' },
  });
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /--key-command took longer than 30 s and was stopped, with what it had started\.\n$/,
  );
  expect((performance.now() - start) / 1000).toBeCloseTo(30, -1);
});
