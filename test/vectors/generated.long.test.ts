import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

test('npm run vectors makes these files again, byte for byte', () => {
  const generator = fileURLToPath(new URL('../../scripts/vectors/generate.js', import.meta.url));
  execFileSync(process.execPath, [generator, '--check'], { stdio: 'pipe' });
});
