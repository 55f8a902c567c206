import type { Signal } from './shared-signal.js';

/** The first pause before another attempt, in ms; each further one is twice as long, up to {@link LONGEST_PAUSE_MS}. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long to wait before another attempt, in ms: exponential backoff, of which at least half and at most the whole
 * is waited, by chance, so that clients that failed together do not come back together.
 *
 * @param failures how many attempts have failed, from 1.
 */
export function backoff(failures: number, random: () => number = Math.random): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return pause / 2 + (pause / 2) * random();
}

/**
 * What `Retry-After` asks for, in ms from now; undefined if it is not there or says nothing (RFC 9110 section 10.2.3:
 * whole seconds, or a date). A date is by the clock of whoever answers, which `Date` tells: ours may be another.
 */
export function retryAfter(headers: Headers): number | undefined {
  const header = headers.get('retry-after');
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = dateOf(header);
  return date === undefined ? undefined : Math.max(0, date - (dateOf(headers.get('date')) ?? Date.now()));
}

/** The moment that an HTTP date names: `Date.parse` alone would make one of nearly anything. */
function dateOf(header: string | null): number | undefined {
  const date = header !== null && / GMT$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

/** Waits, or not to the end if a signal is aborted: whoever waits looks at the signals next. */
export function pause(ms: number, ...signals: readonly (Signal | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signals.some((signal) => signal?.aborted)) return resolve();
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal?.addEventListener('abort', end);
  });
}
