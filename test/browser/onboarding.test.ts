import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../queue/jobs.js';
import { startChromium } from './chromium.js';

const MAIN = fileURLToPath(new URL('../../examples/onboarding/main.js', import.meta.url));
const PASSWORD = 'correct "horse" battery';

test('examples/onboarding: what is typed into the page comes into the vault, and the server sees a token', async () => {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH ?? '' } });
  onTestFinished(() => void child.kill('SIGTERM'));
  let [said, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close');
  await until(() => /^Open \S+/.test(said) || child.exitCode !== null, 'the page is there');
  const url = /^Open (\S+)/.exec(said)?.[1] ?? expect.fail(errors);

  const refused = await fetch(`${url}/tokens`, { method: 'POST', body: PASSWORD });
  expect(refused.status).toBe(400);
  expect(await refused.text()).not.toContain(PASSWORD);

  const { context, close } = await startChromium();
  onTestFinished(close);
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('#user_name').fill('ada@example.com');
  await page.locator('#password').fill(PASSWORD);
  expect(await page.evaluate("document.querySelector('credseal-form').sealsIn()")).toBe('worker');
  await page.keyboard.press('Enter');

  const [code] = await ended;
  expect(errors).toBe('');
  expect(code).toBe(0);
  const [first = '', ...rest] = said.split(/(?<=--open:\n)/);
  expect(first).toMatch(/server: queued [\w-]+\S*… \(\d+ characters\) as job \w{8}…/);
  expect(first).not.toContain('ada@example.com');
  expect(JSON.parse(rest.join(''))).toMatchObject({
    permissioned_user_id: 'user-1',
    user_name: 'ada@example.com',
    password: PASSWORD,
  });
});
