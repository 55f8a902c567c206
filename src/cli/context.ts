import { isAbsolute, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where a command reads from. */
export type Input = Readable & { readonly isTTY?: boolean; readonly fd?: number };

/** Where a command writes to. */
export type Output = Writable & { readonly isTTY?: boolean; readonly fd?: number };

/** What interrupts a command. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Signal = (typeof SIGNALS)[number];

/** What a command knows of the process that it runs in. A test hands it another one than main.ts. */
export interface Context {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths begin in. */
  readonly cwd: string;
  readonly process: Lifetime;
}

/** What happens to a process: signals, its end, and an error that nobody catches. */
export type LifetimeEvent = Signal | 'exit' | 'uncaughtExceptionMonitor';

/** The signals to a process, and its end. */
export interface Lifetime {
  on(event: LifetimeEvent, listener: () => void): unknown;
  once(event: LifetimeEvent, listener: () => void): unknown;
  off(event: LifetimeEvent, listener: () => void): unknown;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Sends the process a signal: it ends as if nobody had listened for it. */
  kill(signal: Signal): void;
}

/** A path that was typed, as it has to be opened. */
export function located(path: string, { cwd }: Pick<Context, 'cwd'>): string {
  return path === '' || isAbsolute(path) ? path : `${cwd}${sep}${path}`;
}
