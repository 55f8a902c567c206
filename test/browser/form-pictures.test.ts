import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startChromium } from './chromium.js';
import { attributes, type FormPage, open, serveForms } from './form-pages.js';

// QR codes, under a policy without anything inline and under Trusted Types.

const fixture = (name: string) =>
  fileURLToPath(new URL(`../bulk/authenticators/fixtures/${name}`, import.meta.url));
const base64 = (name: string) => readFileSync(fixture(name)).toString('base64');

let browser: Awaited<ReturnType<typeof startChromium>>;
let forms: Awaited<ReturnType<typeof serveForms>>;
let page: Page;
let loaded: string[];

beforeAll(async () => {
  forms = await serveForms();
  browser = await startChromium('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream');
});
afterAll(async () => {
  await browser?.close();
  await forms?.close();
});
afterEach(async () => {
  await page?.close();
  await browser.context.clearPermissions();
});

async function visit(of: Partial<FormPage> = {}) {
  page = await browser.context.newPage();
  loaded = [];
  page.on('request', (request) => loaded.push(request.url().split('/').at(-1) ?? ''));
  await page.goto(forms.add({ attributes, ...of }));
  await page.locator('credseal-form [part=form]').waitFor({ state: 'attached' });
}

const form = (selector: string) => page.locator(`credseal-form ${selector}`);
const choose = (name: string) => form('input[type=file]').setInputFiles(fixture(name));
const code = () =>
  form('.totp code')
    .filter({ hasText: /^\d{6}$/ })
    .waitFor();
const error = (text: RegExp) => form('#tfa_secret-error').filter({ hasText: text }).waitFor();

/** Seals, and gives the secret that is in the token. */
async function sealed(): Promise<unknown> {
  await form('#user_name').fill('ada');
  await form('#password').fill('hunter2');
  const token = page.evaluate(
    () =>
      new Promise<string>((resolve) =>
        document.addEventListener('sealed', (event) => resolve((event as CustomEvent).detail.token)),
      ),
  );
  await form('[part=button]').click();
  const entry = await open(await token);
  return 'tfa_secret' in entry ? entry.tfa_secret : undefined;
}

/** Hands a picture to the page as a paste or a drop does. */
async function give(how: 'paste' | 'drop', name: string, target: string) {
  await page.evaluate(
    ([way, bytes, selector]) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(bytes ?? ''), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], 'code.png', { type: 'image/png' }));
      const root = document.querySelector('credseal-form')?.shadowRoot;
      const common = { bubbles: true, cancelable: true, composed: true };
      const event =
        way === 'paste'
          ? new ClipboardEvent('paste', { ...common, clipboardData: data })
          : new DragEvent('drop', { ...common, dataTransfer: data });
      const at = selector === 'body' ? document.body : root?.querySelector(selector ?? '');
      at?.dispatchEvent(event);
      if (!event.defaultPrevented) throw new Error('nobody took it');
    },
    [how, base64(name), target],
  );
}

describe('a picture of a QR code', () => {
  test.each([
    'plain.png',
    'dark.png',
    'rotated.png',
    'artefacts.jpg',
    'logo.png',
    'screenshot.png',
    'web.png',
  ])('chosen as a file: %s', async (name) => {
    await visit();
    expect(loaded).not.toContain('qr-reader.js');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      form('[part=picture]').first().click(),
    ]);
    await chooser.setFiles(fixture(name));
    if (name === 'web.png') return error(/no authenticator secret/);
    await code();
    expect(loaded.filter((file) => file === 'qr-reader.js')).toHaveLength(1);
    const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8'));
    const secret = await sealed();
    expect(JSON.stringify(expected)).toContain(secret);
  });

  test('is pasted into a field, pasted where no field has the focus, and dropped', async () => {
    for (const [how, target] of [
      ['paste', '#password'],
      ['drop', '#user_name'],
    ] as const) {
      await visit();
      await form('#password').focus();
      await give(how, 'plain.png', target);
      await code();
      await page.close();
    }
    await visit();
    await form('[part=show]').focus();
    await give('paste', 'plain.png', 'body');
    await code();
  });

  test('is pasted by the keyboard, and by the button', async () => {
    await visit();
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(async (bytes) => {
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      const blob = new Blob([content], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    }, base64('plain.png'));
    await form('#tfa_secret').click();
    await page.keyboard.press('Control+V');
    await code();
    await page.reload();
    await form('[part=picture]').filter({ hasText: 'Paste picture' }).click();
    await code();
  });

  test.each<[string, RegExp]>([
    ['two.png', /several secrets/],
    ['migration.png', /export of an authenticator/],
    ['no-code.png', /No QR code can be read/],
    ['web.png', /no authenticator secret/],
    ['aegis.json', /no picture that can be read/],
  ])('%s is refused in a sentence', async (name, sentence) => {
    await visit();
    if (name.endsWith('.json'))
      await form('input[type=file]').setInputFiles({
        name: 'x.png',
        mimeType: 'image/png',
        buffer: readFileSync(fixture(name)),
      });
    else await choose(name);
    await error(sentence);
  });

  test('where its reader cannot be loaded, the form says so, and all else works', async () => {
    await visit({ hasReader: false });
    await choose('plain.png');
    await error(/cannot be read in this page/);
    await form('#tfa_secret').fill('JBSWY3DPEHPK3PXP');
    await code();
    expect(await sealed()).toBe('JBSWY3DPEHPK3PXP');
  });

  test('the camera films on a click alone, stops on another, and when the form is left', async () => {
    await visit();
    const camera = form('[part=picture]').filter({ hasText: 'Camera' });
    await camera.click();
    await form('video').waitFor();
    const isLive = () =>
      form('video').evaluate(
        (video) => (video as HTMLVideoElement & { srcObject: MediaStream }).srcObject.active,
      );
    expect(await isLive()).toBe(true);
    const track = await form('video').evaluateHandle(
      (video) => (video as HTMLVideoElement & { srcObject: MediaStream }).srcObject.getTracks()[0],
    );
    await camera.click();
    await form('video').waitFor({ state: 'detached' });
    expect(await track.evaluate((one) => one?.readyState)).toBe('ended');
  });

  test('is filmed, and the camera is off then', async () => {
    // What Chromium takes for a camera: YUV4MPEG2, one frame, as grey as it is.
    await visit();
    const [width, height] = [640, 480];
    const grey = await page.evaluate(
      async ([bytes, w, h]) => {
        const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([content]));
        const canvas = new OffscreenCanvas(w, h);
        const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
        context.fillStyle = '#fff';
        context.fillRect(0, 0, w, h);
        const size = h - 80;
        context.drawImage(bitmap, (w - size) / 2, 40, size, size);
        const { data } = context.getImageData(0, 0, w, h);
        return Array.from({ length: w * h }, (_, index) => data[4 * index] ?? 0);
      },
      [base64('plain.png'), width, height] as const,
    );
    await page.close();
    const folder = await mkdtemp(join(tmpdir(), 'credseal-camera-'));
    const film = join(folder, 'film.y4m');
    const header = `YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`;
    const colours = Buffer.alloc((width * height) / 2, 128);
    await writeFile(film, Buffer.concat([Buffer.from(header), Buffer.from(grey), colours]));
    const filming = await startChromium(
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    );
    try {
      page = await filming.context.newPage();
      await page.goto(forms.add({ attributes }));
      await form('[part=picture]').filter({ hasText: 'Camera' }).click();
      await code();
      await form('video').waitFor({ state: 'detached' });
    } finally {
      await filming.close();
      await rm(folder, { recursive: true });
    }
  });

  test('a camera that is refused is no matter: the form says so', async () => {
    const without = await startChromium();
    try {
      page = await without.context.newPage();
      await page.goto(forms.add({ attributes }));
      await form('[part=picture]').filter({ hasText: 'Camera' }).click();
      await error(/The camera cannot be used/);
    } finally {
      await without.close();
    }
  });
});
