import { expect, it } from 'vitest';
import { sealEntry, VaultKey } from '../../src/index.js';
import { inFolder, run } from './run.js';
import { KEY, WITH_KEY } from './sealing.js';

const key = VaultKey.fromHex(KEY);
const line = (user: string) =>
  `${JSON.stringify(sealEntry({ permissioned_user_id: user, domain: 'https://example.com', password: 'p' }, key))}\n`;

it('credseal preflight takes about the memory of 10,000 lines for 100,000', async () => {
  const measure = 'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))';
  const lines = Array.from({ length: 100_000 }, (_, index) => line(`user-${index}`));
  const peaks = await inFolder({ 'measure.cjs': measure }, async (folder) => {
    const peakOf = async (count: number) => {
      const env = { ...WITH_KEY, NODE_OPTIONS: `--require ${folder}/measure.cjs` };
      const { stdout, stderr } = await run(['preflight'], {
        stdin: lines.slice(0, count).join(''),
        env,
      });
      expect(stdout).toBe(`${count} checked: 0 errors, 0 warnings\n`);
      return Number(stderr);
    };
    return [await peakOf(10_000), await peakOf(100_000)] as const;
  });
  expect(peaks[1] / peaks[0]).toBeLessThan(1.25);
});
