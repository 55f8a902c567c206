import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { type Context, SIGNALS, type Signal } from '../context.js';

/** Variables that keys, API keys and passphrases come from, in whatever case, and with whatever around it. */
const OURS = /cloudcruise|credseal/i;
const HAS_GROUPS = process.platform !== 'win32';

/** A program that runs. */
export interface Program<Child> {
  readonly child: Child;
  /** Ends it with all that it has started, unless that has left its group. */
  stop(): void;
  /** To be called when it has ended: an interruption of ours does not look for it any more. */
  ended(): void;
}

/**
 * Starts a program in a group of its own, since to stop a shell alone would leave what it has started, and without any
 * variable of ours. It is stopped when this process is interrupted or ends.
 *
 * @param start starts it, with these options.
 */
export function startProgram<Child extends ChildProcess>(
  start: (options: SpawnOptions & { readonly detached: boolean }) => Child,
  { env, cwd, process: own }: Pick<Context, 'env' | 'cwd' | 'process'>,
): Program<Child> {
  const child = start({
    cwd,
    detached: HAS_GROUPS,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name))),
  });
  function stop(): void {
    if (child.pid === undefined) return;
    try {
      if (HAS_GROUPS) process.kill(-child.pid, 'SIGKILL');
      else child.kill();
    } catch (error) {
      // It has ended in the meantime.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
  const interrupted = (signal: Signal) => () => {
    stop();
    own.kill(signal);
  };
  const handlers = SIGNALS.map((signal) => [signal, interrupted(signal)] as const);
  for (const [signal, handler] of handlers) own.once(signal, handler);
  own.once('exit', stop);
  return {
    child,
    stop,
    ended() {
      for (const [signal, handler] of handlers) own.off(signal, handler);
      own.off('exit', stop);
    },
  };
}
