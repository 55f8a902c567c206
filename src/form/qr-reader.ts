import { decodeQRBatch } from 'qr/decode.js';
import { make } from './view.js';

// Loaded when somebody uses it for the first time: the decoder weighs more than all the rest of a form. Pictures go into
// a canvas and nowhere else: no element that loads, no address.

/** The text of a secret, or the name of the form's text that says why there is none. */
export type Reading = { readonly text: string } | { readonly problem: Problem };
type Problem = 'noPicture' | 'noCode' | 'noSecret' | 'severalSecrets' | 'noCamera';

/** So many pixels are looked at; a larger picture is made smaller. */
const MOST_PIXELS = 8_000_000;
/** For a still picture, one second more is no matter. */
const PATIENT = { effort: 64, timeLimit: 1500 };
/** For a picture of many. */
const QUICK = { effort: 2, timeLimit: 50 };
const CAMERA_PAUSE = 150;

/** Reads a picture: PNG, JPEG, or whatever else the browser can. */
export async function readPicture(picture: Blob): Promise<Reading> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return { problem: 'noPicture' };
  }
  const pixels = pixelsOf(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return readPixels(pixels, PATIENT);
}

/** Reads a picture of the clipboard. */
export async function readClipboard(items: Promise<readonly ClipboardItem[]>): Promise<Reading> {
  try {
    for (const item of await items) {
      const type = item.types.find((each) => each.startsWith('image/'));
      if (type !== undefined) return await readPicture(await item.getType(type));
    }
  } catch {
    // Refused, or gone meanwhile.
  }
  return { problem: 'noPicture' };
}

/**
 * Films until there is a secret, or it is stopped.
 *
 * @param place where the person sees what the camera sees.
 */
export async function readCamera(place: HTMLElement, signal: AbortSignal): Promise<Reading | undefined> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch {
    return { problem: 'noCamera' };
  }
  const video = make('video', { playsinline: '', muted: '' });
  // The attribute alone mutes no element that a script has made.
  video.muted = true;
  video.srcObject = stream;
  place.append(video);
  try {
    await video.play();
    while (!signal.aborted) {
      const { videoWidth: width, videoHeight: height } = video;
      if (width > 0) {
        const reading = await readPixels(pixelsOf(video, width, height), QUICK);
        if (!('problem' in reading && reading.problem === 'noCode')) return reading;
      }
      await new Promise((resolve) => setTimeout(resolve, CAMERA_PAUSE));
    }
    return undefined;
  } catch {
    return { problem: 'noCamera' };
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    video.remove();
  }
}

function pixelsOf(source: CanvasImageSource, width: number, height: number): ImageData {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  const canvas = make('canvas');
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return new ImageData(1, 1);
  // What is transparent is paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function readPixels(
  pixels: ImageData,
  options: { effort: number; timeLimit: number },
): Promise<Reading> {
  const [results = []] = await decodeQRBatch([pixels], options);
  pixels.data.fill(0);
  const texts = new Set(results.filter((result) => typeof result === 'string'));
  if (texts.size === 0) return { problem: 'noCode' };
  const secrets = [...texts].filter((text) => /^(?:otpauth|steam)/i.test(text.trim()));
  const [text] = secrets;
  if (text === undefined) return { problem: 'noSecret' };
  return secrets.length > 1 ? { problem: 'severalSecrets' } : { text };
}
