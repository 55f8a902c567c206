import type { Context } from '../context.js';

/** How far a command is. On a terminal it is drawn in one line; elsewhere nothing is. */
export interface Progress {
  /**
   * @param done how many entries are through.
   * @param part how much of the whole that is, from 0 to 1, where it is known: then there is a bar, and the time left.
   */
  update(done: number, part?: number): void;
  /** Prints lines on standard error, in place of the one that is drawn. */
  print(lines: string): void;
  /** Takes the line away. */
  stop(): void;
}

interface ProgressOptions {
  readonly unit?: string;
  readonly hasResults?: boolean;
  readonly isQuiet?: boolean;
}

const INTERVAL_MS = 200;
const BAR_CELLS = 24;
const CLEAR = '\r\u001b[K';

/**
 * Starts to show how far a command is. It is for standard error: results are on standard output, and where both are
 * the terminal, the results themselves show it.
 *
 * @param options.unit what is counted: `entries`, `rows`, `requests`.
 * @param options.hasResults whether the command writes results to standard output.
 */
export function startProgress(
  { stderr, stdout, env }: Context,
  { unit = 'entries', hasResults = true, isQuiet = false }: ProgressOptions = {},
): Progress {
  if (isQuiet || !stderr.isTTY || (hasResults && stdout.isTTY) || env.TERM === 'dumb') {
    return { update: () => undefined, print: (lines) => stderr.write(lines), stop: () => undefined };
  }
  const start = performance.now();
  let done = 0;
  let part: number | undefined;
  const draw = () => {
    const seconds = (performance.now() - start) / 1000;
    if (done > 0) stderr.write(`\r${progressLine({ unit, done, part, seconds })}\u001b[K`);
  };
  const timer = setInterval(draw, INTERVAL_MS);
  // A command that has failed does not wait for it.
  timer.unref();
  return {
    update(nowDone, nowPart) {
      done = nowDone;
      part = nowPart;
    },
    print: (lines) => stderr.write(CLEAR + lines),
    stop() {
      clearInterval(timer);
      stderr.write(CLEAR);
    },
  };
}

/** The line that is drawn: `[=======>        ] 34 %  12,345 entries  4,512/s  0:23 left`. */
export function progressLine(state: {
  readonly unit: string;
  readonly done: number;
  readonly part: number | undefined;
  readonly seconds: number;
}): string {
  const { unit, done, part, seconds } = state;
  const number = new Intl.NumberFormat('en').format;
  const texts = [`${number(done)} ${unit}`, `${number(Math.round(done / Math.max(seconds, 0.001)))}/s`];
  if (part === undefined || part <= 0) return texts.join('  ');
  const share = Math.min(part, 1);
  const full = Math.floor(share * BAR_CELLS);
  const bar = `${'='.repeat(full)}${full < BAR_CELLS ? '>' : ''}`.padEnd(BAR_CELLS);
  const left = Math.ceil(seconds / share - seconds);
  const minutes = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  return [`[${bar}] ${Math.floor(share * 100)} %`, ...texts, `${minutes} left`].join('  ');
}
