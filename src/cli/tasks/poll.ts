import { pause } from '../../vault/retry.js';

const EVERY_MS = 100;

/** Waits until something is so, or the signal is aborted. */
export async function untilSo(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await isSo())) await pause(EVERY_MS, signal);
}
