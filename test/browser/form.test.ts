import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generateHandoffKeys } from 'credseal/handoff';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from './chromium.js';
import { attributes, type FormPage, open, privateJwk, STRICT, serveForms } from './form-pages.js';

// The built element in a real browser, under a policy without anything inline and under Trusted Types.

const AXE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const README_PICTURE = new URL('../../docs/form.png', import.meta.url);
const PICTURE = fileURLToPath(new URL('../bulk/authenticators/fixtures/plain.png', import.meta.url));
const USER = 'Zoë@example.com';
const PASSWORD = 'correct "horse" 🔐';
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

let browser: Awaited<ReturnType<typeof startChromium>>;
let forms: Awaited<ReturnType<typeof serveForms>>;
let page: Page;

beforeAll(async () => {
  forms = await serveForms();
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await forms?.close();
});
afterEach(async () => {
  await page?.close();
});

const input = (name: string) => page.locator(`credseal-form #${name}`);
const button = () => page.locator('credseal-form [part=button]');
const status = () => page.locator('credseal-form [part=status]');
const say = async (text: RegExp | string) => status().filter({ hasText: text }).waitFor();

interface Told {
  readonly tokens: string[];
  readonly problems: { path: string; rule: string; message: string }[][];
}

/** What the page was told by events. */
const told = () => page.evaluate(() => (globalThis as unknown as { told: Told }).told);

/** Opens a page with a form, and keeps what its events say. */
async function visit(of: Partial<FormPage> = {}) {
  const before = `var told = { tokens: [], problems: [] };
addEventListener('sealed', ({ detail }) => told.tokens.push(detail.token));
addEventListener('problem', ({ detail }) => told.problems.push(detail));
${of.before ?? ''}`;
  page = await browser.context.newPage();
  await page.goto(forms.add({ attributes, ...of, before }));
  await page.locator('credseal-form [part=form]').waitFor({ state: 'attached' });
}

/** Types as a person does, key by key. */
async function type(fields: Record<string, string>) {
  for (const [name, text] of Object.entries(fields)) {
    await input(name).click();
    await page.keyboard.type(text);
  }
}

/** Everything that stands in inputs and texts of the form. */
const shown = () =>
  page.evaluate(() => {
    const root = document.querySelector('credseal-form')?.shadowRoot;
    const values = Array.from(root?.querySelectorAll('input') ?? [], ({ value }) => value);
    return `${values.join('')} ${root?.textContent}`;
  });

/** What axe-core finds, each as one line. */
async function violations(): Promise<string[]> {
  const tools = await browser.context.newCDPSession(page);
  // By the developer tools, since the page's policy lets no script of another's in.
  await tools.send('Runtime.evaluate', { expression: AXE });
  const { result } = await tools.send('Runtime.evaluate', {
    expression:
      "axe.run().then(({ violations }) => JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary))))",
    awaitPromise: true,
  });
  await tools.detach();
  return JSON.parse(result.value);
}

describe('a person', () => {
  test('types into it and seals: the token opens to what was typed, and the fields are empty', async () => {
    await visit();
    await type({
      user_name: USER,
      password: PASSWORD,
      tfa_secret: 'jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp',
    });
    await button().click();
    await say('Sealed. The fields are empty.');
    const { tokens } = await told();
    expect(tokens).toHaveLength(1);
    expect(await open(tokens[0] ?? '')).toEqual({
      permissioned_user_id: 'user-1',
      domain: 'https://portal.example.com',
      user_name: USER,
      password: PASSWORD,
      tfa_secret: SECRET,
      tfa_method: 'AUTHENTICATOR',
    });
    expect(await shown()).not.toMatch(/Zoë|horse|JBSW|jbsw/);
    const place = await page.evaluate(() =>
      (document.querySelector('credseal-form') as unknown as { sealsIn(): Promise<string> }).sealsIn(),
    );
    expect(place).toBe('worker');
  });

  test('uses the keyboard alone: Tab from field to field, Enter seals, Enter asks for another', async () => {
    await visit();
    await page.keyboard.press('Tab');
    await page.keyboard.type('ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('hunter2');
    await page.keyboard.press('Enter');
    await say('Sealed.');
    expect(await button().evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.type('grace');
    expect(await input('user_name').inputValue()).toBe('grace');
    expect((await told()).tokens).toHaveLength(1);
  });

  test('pastes', async () => {
    await visit();
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(
      (text) => navigator.clipboard.writeText(text),
      `otpauth://totp/ACME:ada?secret=${SECRET}`,
    );
    await type({ user_name: 'ada', password: 'hunter2' });
    await input('tfa_secret').click();
    await page.keyboard.press('Control+V');
    await page
      .locator('credseal-form .totp code')
      .filter({ hasText: /^\d{6}$/ })
      .waitFor();
    await button().click();
    await say('Sealed.');
    expect(await open((await told()).tokens[0] ?? '')).toMatchObject({ tfa_secret: SECRET });
  });

  test('sees the code of the secret, with the seconds that it is good for', async () => {
    await visit();
    await type({ tfa_secret: SECRET });
    const hint = page.locator('credseal-form #tfa_secret-hint');
    await hint.filter({ hasText: /^Code now: \d{6} \d+ s left/ }).waitFor();
    const code = await hint.locator('code').textContent();
    const { TotpSecret } = await import('credseal');
    expect(TotpSecret.parse(SECRET).verify(code ?? '')).toBe(true);
  });

  test('is told what is missing or wrong, at the field, and may go on', async () => {
    await visit();
    await type({ tfa_secret: '123456' });
    await button().click();
    await say('Not sealed yet');
    expect(await page.locator('credseal-form #password-error').textContent()).toBe('Fill this in.');
    expect(await input('user_name').getAttribute('aria-invalid')).toBe('true');
    expect(await input('user_name').evaluate((element) => element.matches(':focus'))).toBe(true);
    await type({ user_name: 'ada', password: 'hunter2' });
    await button().click();
    await page
      .locator('credseal-form #tfa_secret-error')
      .filter({ hasText: 'is a code, not a secret' })
      .waitFor();
    const { problems, tokens } = await told();
    expect(tokens).toEqual([]);
    expect(problems.map((issues) => issues.map(({ path, rule }) => `${path} ${rule}`))).toEqual([
      ['user_name payload/missing-field', 'password payload/missing-field'],
      ['tfa_secret totp/format'],
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/123456|hunter2/);
    await input('tfa_secret').fill('');
    await page.keyboard.press('Enter');
    await say('Sealed.');
  });

  test('looks at the password, which is shown beside the field, and gone when it is sealed', async () => {
    await visit();
    await type({ user_name: 'ada', password: 'hunter2' });
    await page.locator('credseal-form [part=show]').click();
    expect(await page.locator('credseal-form [part=shown]').textContent()).toBe('hunter2');
    expect(await input('password').getAttribute('type')).toBe('password');
    await button().click();
    await say('Sealed.');
    expect(await shown()).not.toMatch(/hunter2/);
  });

  test('who presses twice gets one token', async () => {
    await visit();
    await type({ user_name: 'ada', password: 'hunter2' });
    await page.evaluate(() => {
      const pressed = document
        .querySelector('credseal-form')
        ?.shadowRoot?.querySelector<HTMLButtonElement>('[part=button]');
      pressed?.click();
      pressed?.click();
    });
    await say('Sealed.');
    expect((await told()).tokens).toHaveLength(1);
  });

  test('who undoes gets nothing back', async () => {
    await visit();
    await type({ user_name: 'ada', password: 'hunter2' });
    await button().click();
    await say('Sealed.');
    await page.evaluate(() => {
      for (let count = 0; count < 20; count++) document.execCommand('undo');
    });
    await page.keyboard.press('Control+Z');
    await button().click();
    await page.keyboard.press('Control+Z');
    expect(await shown()).not.toMatch(/hunter2|ada/);
  });
});

describe('nothing stays', () => {
  test('after going elsewhere and back', async () => {
    await visit();
    await type({ user_name: 'ada', password: 'hunter2' });
    await page.goto(`${forms.add({ attributes })}`);
    await page.goBack();
    await input('user_name').waitFor();
    expect(await shown()).not.toMatch(/hunter2|ada/);
  });

  test('when the key changes: it asks again, and shows the other key', async () => {
    await visit();
    await type({ user_name: 'ada', password: 'hunter2' });
    const other = await generateHandoffKeys();
    await page
      .locator('credseal-form')
      .evaluate((form, key) => form.setAttribute('public-key', key), JSON.stringify(other.publicJwk));
    expect(await shown()).not.toMatch(/hunter2|ada/);
    await page.locator('credseal-form [part=key]').filter({ hasText: other.publicJwk.kid }).waitFor();
  });

  test('when the element is taken out of the page', async () => {
    await visit();
    await type({ user_name: 'ada', password: 'hunter2' });
    const left = await page.locator('credseal-form').evaluate((form) => {
      const inputs = Array.from(form.shadowRoot?.querySelectorAll('input') ?? []);
      form.remove();
      return `${inputs.map(({ value }) => value).join('')}${form.shadowRoot?.childElementCount}`;
    });
    expect(left).toBe('0');
  });

  test('in attributes, storage, the console, or what is sent', async () => {
    await visit({ attributes: { ...attributes, action: '/tokens' } });
    const heard: string[] = [];
    page.on('console', (message) => heard.push(message.text()));
    page.on('request', (request) => heard.push(`${request.url()} ${request.postData() ?? ''}`));
    await type({ user_name: USER, password: PASSWORD });
    await button().click();
    await say('Sealed and sent.');
    const kept = await page.evaluate(
      () =>
        `${document.documentElement.outerHTML}${JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href])}`,
    );
    expect(`${kept}${heard.join('\n')}`).not.toMatch(/Zoë|Zo%C3|horse/);
  });
});

describe('the token', () => {
  test('is posted to the action, and the same one again where that failed', async () => {
    forms.posted.length = 0;
    forms.answers.push(500);
    await visit({ attributes: { ...attributes, action: '/tokens' } });
    await type({ user_name: 'ada', password: 'hunter2' });
    await button().click();
    await say('the server did not take it');
    await button().click();
    await say('Sealed and sent.');
    const { tokens } = await told();
    expect(forms.posted).toEqual([tokens[0], tokens[0]]);
  });

  test('is the value of the element in a form, and gone after going back', async () => {
    await visit({
      body: '<form action="/elsewhere">FORM<button id="send">Send</button></form>',
      attributes: { ...attributes, name: 'token' },
    });
    const value = () => page.evaluate(() => `${new FormData(document.forms[0]).get('token')}`);
    await type({ user_name: 'ada', password: 'hunter2' });
    expect(await value()).toBe('null');
    await page.keyboard.press('Enter');
    await say('Sealed.');
    expect(await open(await value())).toMatchObject({ password: 'hunter2' });
    await page.goto(forms.add({ attributes }));
    await page.goBack();
    await input('user_name').waitFor();
    expect(await value()).toBe('null');
  });
});

describe('a script of the page that redefines things after the element was loaded', () => {
  /** What is called is written down, with what it was called with and on. */
  const recorders = `
var seen = [];
function write(value) {
  try { seen.push(typeof value === 'string' ? value : stringify(value)); } catch { seen.push(String(value)); }
}
const stringify = JSON.stringify;
const apply = Reflect.apply;
const getOwn = Object.getOwnPropertyDescriptor;
const names = Object.getOwnPropertyNames;
const define = Object.defineProperty;
let busy = false;
function record(owner, name) {
  const found = getOwn(owner, name);
  for (const part of ['value', 'get']) {
    const original = found?.[part];
    if (typeof original !== 'function' || name === 'constructor' || !found.configurable) continue;
    define(owner, name, { ...found, [part]: function (...given) {
      const result = apply(original, this, given);
      if (!busy) { busy = true; write(this); for (let i = 0; i < given.length; i++) write(given[i]); write(result); busy = false; }
      return result;
    } });
  }
}
addEventListener('load', () => {
  for (const owner of [JSON, Reflect, Object, Array.prototype, String.prototype, RegExp.prototype, Map.prototype, Promise.prototype,
    TextEncoder.prototype, SubtleCrypto.prototype, HTMLInputElement.prototype, Worker.prototype, MessagePort.prototype, Uint8Array.prototype])
    for (const name of names(owner)) record(owner, name);
  for (const name of ['structuredClone', 'fetch', 'encodeURIComponent', 'btoa']) record(window, name);
  for (const name of ['user_name', 'password', 'tfa_secret', 'entry']) define(Object.prototype, name, { set(value) { write(value); }, configurable: true });
});`;

  test('sees nothing that was typed', async () => {
    await visit({ before: recorders });
    await type({ user_name: USER, password: PASSWORD, tfa_secret: SECRET });
    await button().click();
    await say('Sealed.');
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen.join('\n'));
    // The recorders work: the token has passed them.
    expect(seen).toMatch(/\[object|\{\}/);
    expect(seen).not.toMatch(/Zoë|horse|JBSWY3/);
    expect(await open((await told()).tokens[0] ?? '')).toMatchObject({ password: PASSWORD });
  });

  test.each([
    [
      "a worker of its own in place of the form's",
      `const Original = Worker; window.Worker = function () { return new Original('before.js'); };`,
    ],
    [
      'an error in place of a worker',
      `const fail = (handler) => handler(new Event('error'));
Object.defineProperty(Worker.prototype, 'onerror', { set: fail });
Worker.prototype.addEventListener = (type, handler) => type === 'error' && fail(handler);
window.Worker = function () { throw new Error('of the page'); };`,
    ],
  ])('and puts %s: it is not handed what is typed afterwards', async (_, script) => {
    await visit({
      // As a worker, it tells what it is sent.
      before: `var spied = [];
if (typeof document === 'undefined') {
  onmessage = ({ data }) => new BroadcastChannel('spy').postMessage(JSON.stringify(data));
  postMessage('ready');
} else {
  new BroadcastChannel('spy').onmessage = ({ data }) => spied.push(data);
  addEventListener('load', () => {
    const { stringify } = JSON;
    JSON.stringify = (value) => { const text = stringify(value); spied.push(text); return text; };
    ${script}
    document.querySelector('credseal-form').setAttribute('domain', 'https://other.example.com');
  });
}`,
      policy: "default-src 'self'",
    });
    await type({ user_name: 'ada', password: PASSWORD });
    await button().click();
    const spied = () => page.evaluate(() => (globalThis as unknown as { spied: string[] }).spied.join());
    // What else is spied, as by the tools of the test, is no reason to look before there is a token.
    await expect
      .poll(async () => (await told()).tokens.length > 0 || /horse/.test(await spied()), { timeout: 30_000 })
      .toBe(true);
    expect(await spied()).not.toMatch(/horse/);
    expect(await open((await told()).tokens[0] ?? '')).toMatchObject({ password: PASSWORD });
  });

  test('and throws: it is sealed all the same, since a worker does it', async () => {
    await visit({
      before: `addEventListener('load', () => {
  const fail = () => { throw new Error('of the page'); };
  JSON.stringify = fail; Array.prototype.map = fail; Array.prototype.join = fail; Promise.prototype.then = fail;
  window.Promise = fail; TextEncoder.prototype.encode = fail; crypto.subtle.encrypt = fail;
});`,
    });
    await type({ user_name: 'ada', password: 'hunter2' });
    await button().click();
    await say('Sealed.');
  });
});

describe('where the worker cannot be had, it is sealed in the page', () => {
  test.each([
    ['its file is missing', { hasWorker: false }],
    ['the policy forbids workers', { policy: `${STRICT}; worker-src 'none'` }],
    [
      'the list of Trusted Types lacks its policy',
      { policy: STRICT.replace('trusted-types credseal', "trusted-types 'none'") },
    ],
  ])('%s', async (_, of) => {
    await visit(of);
    await type({ user_name: 'ada', password: 'hunter2', tfa_secret: SECRET });
    await button().click();
    await say('Sealed.');
    expect(await open((await told()).tokens[0] ?? '')).toMatchObject({
      password: 'hunter2',
      tfa_secret: SECRET,
    });
    const place = await page.evaluate(() =>
      (document.querySelector('credseal-form') as unknown as { sealsIn(): Promise<string> }).sealsIn(),
    );
    expect(place).toBe('page');
  });
});

describe('it stays shut, and says why', () => {
  test.each([
    ['a public key that is none', { 'public-key': '{"kty":"EC"}' }, /no usable key/, 'public-key'],
    ['a private key', { 'public-key': JSON.stringify(privateJwk) }, /gives away a private key/, 'public-key'],
    ['an expiry that is over', { 'valid-until': '2020-01-01' }, /has expired/, 'valid-until'],
    ['an expiry that is no time', { 'valid-until': 'soon' }, /has expired/, 'valid-until'],
    ['a lifetime that is none', { 'expires-in': '0' }, /set up wrongly/, 'expires-in'],
    ['a field that there is not', { fields: 'pasword' }, /set up wrongly/, 'fields'],
  ])('%s', async (_, wrong, text, path) => {
    await visit({ attributes: { ...attributes, ...wrong } });
    await say(text);
    expect(await page.locator('credseal-form input').count()).toBe(0);
    const { problems } = await told();
    expect(problems).toMatchObject([[{ path, code: 'ERR_HANDOFF' }]]);
    expect(JSON.stringify(problems)).not.toContain(privateJwk.d);
    expect(await violations()).toEqual([]);
  });

  test('a page without https', async () => {
    page = await browser.context.newPage();
    const address = forms.add({ attributes });
    // A name that is not this machine's own: the page is no secure context.
    await page.route('http://portal.example/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      const response = await fetch(new URL(pathname, address));
      const body = Buffer.from(await response.arrayBuffer());
      await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
    });
    await page.goto(`http://portal.example${new URL(address).pathname}`);
    await say(/not secure/);
    expect(await page.locator('credseal-form input').count()).toBe(0);
  });
});

describe('attributes', () => {
  test('what is not given is asked for; fields are those that are named', async () => {
    const { 'public-key': key, audience } = attributes;
    await visit({
      attributes: { 'public-key': key, audience, fields: 'user_alias persist_cookies password?' },
    });
    await type({ permissioned_user_id: 'user-2', domain: 'https://a.example', user_alias: 'Work' });
    await input('persist_cookies').check();
    await button().click();
    await say('Sealed.');
    expect(await open((await told()).tokens[0] ?? '')).toEqual({
      permissioned_user_id: 'user-2',
      domain: 'https://a.example',
      user_alias: 'Work',
      persist_cookies: true,
    });
  });

  test('browsers are offered nothing to fill or to save, unless it is the login of this very site', async () => {
    await visit();
    const hints = () =>
      page
        .locator('credseal-form input:not([type=file])')
        .evaluateAll((inputs) =>
          inputs.map((one) => `${one.getAttribute('autocomplete')} ${one.getAttribute('name')}`),
        );
    expect(await hints()).toEqual(['off null', 'one-time-code null', 'off null']);
    await page.locator('credseal-form').evaluate((form) => form.setAttribute('own-site', ''));
    expect(await hints()).toEqual(['username null', 'current-password null', 'off null']);
    await type({ user_name: 'ada', password: 'hunter2' });
    await button().click();
    await say('Sealed.');
    expect(await open((await told()).tokens[0] ?? '')).toMatchObject({ domain: forms.url });
  });

  test('texts can be replaced, all of them', async () => {
    await visit();
    await page.locator('credseal-form').evaluate((form) => {
      Object.assign(form, {
        messages: { user_name: 'Benutzername', missing: 'Bitte ausfüllen.', seal: 'Versiegeln' },
      });
    });
    const refused = await page.locator('credseal-form').evaluate((form) => {
      try {
        Object.assign(form, { messages: { pasword: 'Passwort' } });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(refused).toMatch(/did you mean password/);
    await button().click();
    expect(await page.locator('credseal-form #user_name-error').textContent()).toBe('Bitte ausfüllen.');
    expect(await page.locator('credseal-form label').first().textContent()).toBe('Benutzername');
  });
});

describe.each(['light', 'dark'] as const)('in %s colours, at the width of a phone', (colorScheme) => {
  const states: [string, () => Promise<unknown>][] = [
    ['empty', async () => undefined],
    ['filled', () => type({ user_name: 'ada', password: 'hunter2', tfa_secret: SECRET })],
    ['shown', () => page.locator('credseal-form [part=show]').click()],
    [
      'refused',
      async () => {
        await input('user_name').fill('');
        await input('tfa_secret').fill('JBSW0');
        await button().click();
      },
    ],
    [
      'picture',
      async () => {
        await input('user_name').fill('ada');
        await page.locator('credseal-form input[type=file]').setInputFiles(PICTURE);
        await page
          .locator('credseal-form .totp code')
          .filter({ hasText: /^\d{6}$/ })
          .waitFor();
      },
    ],
    [
      'sealed',
      async () => {
        await input('tfa_secret').fill('');
        await button().click();
        await say('Sealed.');
      },
    ],
  ];

  test('axe-core has nothing to say in any state, and nothing is cut off', async () => {
    await visit();
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 360, height: 740 });
    for (const [state, reach] of states) {
      await reach();
      if (process.env.PICTURES) {
        const picture = await page.screenshot({
          path: `${process.env.PICTURES}/form-${state}-${colorScheme}.png`,
        });
        // The one that README shows.
        if (state === 'filled' && colorScheme === 'light') await writeFile(README_PICTURE, picture);
      }
      expect(await violations(), state).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), state).toBeLessThanOrEqual(360);
    }
  });
});
