import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runIn } from '../cli/run.js';
import type { Engine, Tab } from '../engines/engine.js';
import { engines } from './engines.js';
import { attributes, type FormPage, open, privateJwk, publicJwk, serveForms } from './form-pages.js';
import { foundInFiles } from './profile-search.js';

// What has to be so in every browser, once for all: under a policy without anything inline, and under Trusted Types
// where there are such. A table ends it.

const VALUES = ['Zaphod', 'correct-horse-9', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'] as const;
const [USER, PASSWORD, SECRET] = VALUES;
const PICTURE = readFileSync(new URL('../bulk/authenticators/fixtures/plain.png', import.meta.url)).toString(
  'base64',
);

let forms: Awaited<ReturnType<typeof serveForms>>;
let folder: string;
const rows: string[][] = [];

beforeAll(async () => {
  forms = await serveForms();
  folder = await mkdtemp(join(tmpdir(), 'credseal-engines-'));
});
afterAll(async () => {
  await forms?.close();
  if (folder) await rm(folder, { recursive: true });
  const all = [['engine', 'version', 'passed', 'time'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  console.log(
    all.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')).join('\n'),
  );
});

describe.each(engines)('%s', (name, start) => {
  let engine: Engine;
  let tab: Tab;
  let isOver = false;
  const count = { passed: 0, all: 0 };
  let began = 0;

  beforeAll(async () => {
    began = performance.now();
    engine = await start();
  });
  afterAll(async () => {
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    rows.push([name, engine?.version ?? 'missing', `${count.passed} of ${count.all}`, `${seconds} s`]);
    await engine?.close();
  });
  afterEach(async ({ task }) => {
    count.all += 1;
    if (task.result?.state !== 'fail') count.passed += 1;
    if (!isOver) await tab?.close();
  });

  const ROOT = `document.querySelector('credseal-form').shadowRoot`;

  /** Waits until an expression holds in the page. */
  async function until(expression: string): Promise<void> {
    for (let tries = 0; tries < 400; tries++) {
      // Between two pages there is none to ask.
      if (await tab.evaluate<boolean>(`Boolean(${expression})`).catch(() => false)) return;
      await setTimeout(50);
    }
    throw new Error(`This did not come to be: ${expression}\n${await tab.evaluate(`${ROOT}.textContent`)}`);
  }
  const says = (text: string) =>
    until(`${ROOT}.querySelector('[part=status]')?.textContent.includes('${text}')`);

  async function visit(of: Partial<FormPage> = {}) {
    tab = await engine.open();
    const before = `var tokens = [];
addEventListener('sealed', ({ detail }) => tokens.push(detail.token));`;
    await tab.goto(forms.add({ attributes, before, ...of }));
    await until(`document.querySelector('credseal-form')?.shadowRoot?.querySelector('input')`);
  }

  async function click(selector: string, root = ROOT) {
    const [x = 0, y = 0] = await tab.evaluate<number[]>(`(() => {
      const element = ${root}.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    })()`);
    await tab.clickAt(x, y);
  }
  async function typeAll() {
    for (const [index, field] of ['user_name', 'password', 'tfa_secret'].entries()) {
      await click(`#${field}`);
      await tab.type(VALUES[index] ?? '');
    }
  }
  const tokens = () => tab.evaluate<string[]>('tokens');
  const values = () =>
    tab.evaluate<string[]>(
      `Array.from(${ROOT}.querySelectorAll('input:not([type=file])'), (one) => one.value)`,
    );

  test('what is typed is sealed in a worker, and the fields are empty', async () => {
    await visit();
    await typeAll();
    await until(`/^\\d{6}$/.test(${ROOT}.querySelector('.totp code')?.textContent)`);
    await click('[part=button]');
    await says('Sealed.');
    expect(await open((await tokens())[0] ?? '')).toEqual({
      permissioned_user_id: 'user-1',
      domain: 'https://portal.example.com',
      user_name: USER,
      password: PASSWORD,
      tfa_secret: SECRET,
      tfa_method: 'AUTHENTICATOR',
    });
    expect(await tab.evaluate(`document.querySelector('credseal-form').sealsIn()`)).toBe('worker');
    expect(await values()).toEqual([]);
  });

  test('the keyboard alone will do: Tab, Enter, and Enter for another', async () => {
    await visit();
    await tab.evaluate(`document.querySelector('credseal-form').focus()`);
    await tab.type('ada');
    await tab.press('Tab');
    await tab.type('hunter2');
    await tab.press('Enter');
    await says('Sealed.');
    await tab.press('Enter');
    await until(`${ROOT}.querySelector('#user_name')`);
    await tab.type('grace');
    expect(await values()).toEqual(['grace', '', '']);
    expect(await tokens()).toHaveLength(1);
  });

  test('paste works', async () => {
    await visit();
    await click('#user_name');
    await tab.type(USER);
    await tab.press('Control+A');
    await tab.press('Control+C');
    await click('#password');
    await tab.press('Control+V');
    await click('[part=button]');
    await says('Sealed.');
    expect(await open((await tokens())[0] ?? '')).toMatchObject({ user_name: USER, password: USER });
  });

  test('undo brings nothing back', async () => {
    await visit();
    await typeAll();
    await click('[part=button]');
    await says('Sealed.');
    await click('[part=button]');
    await until(`${ROOT}.querySelector('#user_name')`);
    for (const keys of ['Control+Z', 'Control+Shift+Z', 'Control+Z']) await tab.press(keys);
    await tab.evaluate(`['undo', 'redo', 'undo'].map((what) => document.execCommand(what))`);
    expect(await values()).toEqual(['', '', '']);
  });

  test('whoever leaves and comes back finds empty fields, and no token in the form around it', async () => {
    const body = '<main><form>FORM<input name="other"></form></main>';
    await visit({ body, attributes: { ...attributes, name: 'token' } });
    const inForm = () => tab.evaluate<string[]>(`Array.from(new FormData(document.forms[0]).keys())`);
    await typeAll();
    await click('[part=button]');
    await says('Sealed.');
    expect(await inForm()).toEqual(['token', 'other']);
    await click('[part=button]');
    await until(`${ROOT}.querySelector('#user_name')`);
    await typeAll();
    const first = await tab.evaluate<string>('location.href');
    await tab.goto(forms.add({ attributes }));
    await tab.back();
    await until(`location.href === '${first}'`);
    await until(`document.querySelector('credseal-form')?.shadowRoot?.querySelector('#user_name')`);
    expect(await values()).toEqual(['', '', '']);
    expect(await inForm()).toEqual(['other']);
  });

  test('a QR code that is dropped is read', async () => {
    await visit();
    await tab.evaluate(`(() => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob('${PICTURE}'), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], 'code.png', { type: 'image/png' }));
      const event = new DragEvent('drop', { bubbles: true, composed: true, cancelable: true });
      // WebKit leaves it out of an event that a script makes.
      if (!event.dataTransfer) Object.defineProperty(event, 'dataTransfer', { value: data });
      ${ROOT}.querySelector('#user_name').dispatchEvent(event);
    })()`);
    await until(`/^\\d{6}$/.test(${ROOT}.querySelector('.totp code')?.textContent)`);
    expect((await values())[2]).toMatch(/^otpauth:\/\/totp\//);
  });

  test('a private key shuts it', async () => {
    tab = await engine.open();
    await tab.goto(forms.add({ attributes: { ...attributes, 'public-key': JSON.stringify(privateJwk) } }));
    await until(`document.querySelector('credseal-form')?.shadowRoot?.querySelector('[part=status]')`);
    await says('gives away a private key');
    expect(await values()).toEqual([]);
  });

  test('the page in one file seals, opened from disk, and its policy holds', async () => {
    await writeFile(join(folder, 'public.jwk'), JSON.stringify(publicJwk));
    const args = ['--audience', 'vault-worker', '--user-id', 'user-1', '--domain', attributes.domain];
    const made = await runIn(folder, ['page', '--public-key', 'public.jwk', '-o', 'seal.html', ...args]);
    expect(made.code).toBe(0);
    tab = await engine.open();
    await tab.goto(pathToFileURL(join(folder, 'seal.html')).href);
    await until(`${ROOT}?.querySelector('#user_name')`);
    await click('#user_name');
    await tab.type(USER);
    await click('#password');
    await tab.type(PASSWORD);
    await tab.press('Enter');
    await says('Sealed.');
    const token = await tab.evaluate<string>(`document.querySelector('#token').value`);
    expect(await open(token.trim())).toMatchObject({ user_name: USER, password: PASSWORD });
    const sent = await tab.evaluate(`fetch('http://127.0.0.1:1/').then(() => 'sent', () => 'refused')`);
    expect(sent).toBe('refused');
    await click('#copy', 'document');
    await until(`/Copied|selected/.test(document.querySelector('#told').textContent)`);
  });

  // The last one, since it ends the browser.
  test('no file of the profile has a value, after typing, sealing, leaving, returning and typing', async () => {
    await visit();
    const first = await tab.evaluate<string>('location.href');
    await typeAll();
    await click('[part=button]');
    await says('Sealed.');
    await click('[part=button]');
    await until(`${ROOT}.querySelector('#user_name')`);
    await typeAll();
    await tab.goto(forms.add({ attributes }));
    await tab.back();
    await until(`location.href === '${first}'`);
    await until(`document.querySelector('credseal-form')?.shadowRoot?.querySelector('#user_name')`);
    await typeAll();
    // What browsers put off is written by then: Firefox saves its session every 15 s.
    await setTimeout(16_000);
    isOver = true;
    await engine.quit();
    expect(await foundInFiles(engine.profile, VALUES)).toEqual([]);
  });
});
