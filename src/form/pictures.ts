import type { FormMessages } from './messages.js';
import type { Reading } from './qr-reader.js';
import { make, makeButton } from './view.js';

type Reader = typeof import('./qr-reader.js');

/** What reads pictures of QR codes for a field. */
export interface Pictures {
  /** The buttons, and what the camera sees. */
  readonly node: HTMLElement;
  /** Reads a picture among files, if there is one. */
  take(files: FileList | undefined): boolean;
  stop(): void;
}

/**
 * Buttons that read a QR code: of a file, of the clipboard, before the camera.
 *
 * @param say shows a sentence: what goes on, or what is wrong.
 * @param use takes the text of a secret.
 */
export function makePictures(
  texts: FormMessages,
  say: (sentence: string, isWrong: boolean) => void,
  use: (text: string) => void,
): Pictures {
  let stopping = new AbortController();
  const stop = () => stopping.abort();

  async function read(act: (reader: Reader, signal: AbortSignal) => Promise<Reading | undefined>) {
    stop();
    stopping = new AbortController();
    const { signal } = stopping;
    say(texts.reading, false);
    let sentence = '';
    try {
      const reading = await act(await import('./qr-reader.js'), signal);
      if (signal.aborted) return;
      if (reading && 'text' in reading) return use(reading.text);
      if (reading) sentence = texts[reading.problem];
    } catch {
      // Its file is not there, or the page's policy forbids it.
      sentence = texts.noReader;
    }
    if (!signal.aborted) say(sentence, true);
  }

  function take(files: FileList | undefined): boolean {
    const picture = Array.from(files ?? []).find(({ type }) => type.startsWith('image/'));
    if (picture) read((reader) => reader.readPicture(picture));
    return picture !== undefined;
  }

  const file = make('input', { type: 'file', accept: 'image/*', hidden: '', 'aria-label': texts.picture });
  file.addEventListener('change', () => {
    take(file.files ?? undefined);
    file.value = '';
  });
  const node = make('div', { class: 'row pictures' }, file);
  const add = (text: string, act: () => void) => node.append(makeButton(text, 'picture', act));
  add(texts.picture, () => file.click());
  const { clipboard, mediaDevices } = navigator;
  if (clipboard?.read !== undefined)
    // Asked for at once, since browsers go by the click.
    add(texts.pastePicture, () => {
      const items = clipboard.read();
      items.catch(() => undefined);
      read((reader) => reader.readClipboard(items));
    });
  if (mediaDevices?.getUserMedia !== undefined) {
    add(texts.camera, () => {
      if (node.querySelector('video')) {
        stop();
        say('', false);
      } else read((reader, signal) => reader.readCamera(node, signal));
    });
  }
  return { node, take, stop };
}

/** Lets files be dropped on an element. A file that is dropped elsewhere is opened in the place of the page. */
export function acceptDrops(body: HTMLElement, take: (data: DataTransfer | null) => void): void {
  body.addEventListener('dragover', (event) => {
    const hasFile = event.dataTransfer?.types.includes('Files');
    body.classList.toggle('drop', hasFile);
    if (hasFile) event.preventDefault();
  });
  body.addEventListener('dragleave', () => body.classList.remove('drop'));
  body.addEventListener('drop', (event) => {
    body.classList.remove('drop');
    if (event.dataTransfer?.files.length) event.preventDefault();
    take(event.dataTransfer);
  });
}
