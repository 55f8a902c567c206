import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Context } from '../../src/cli/context.js';
import { run } from '../../src/cli/run.js';
import { type Given, inFolder, type Outcome } from './run.js';

/** A context without anything of this process. */
export function contextOf(cwd: string, { stdin = '', env = {} }: Given = {}) {
  const events = new EventEmitter();
  return {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env,
    cwd,
    process: {
      on: (event, listener) => events.on(event, listener),
      once: (event, listener) => events.once(event, listener),
      off: (event, listener) => events.off(event, listener),
      exit: (code) => {
        throw new Error(`process.exit(${code})`);
      },
      kill: (signal) => {
        throw new Error(`process.kill by ${signal}`);
      },
    },
  } satisfies Context;
}

/** The context of this process's own folder, for what needs nothing else of one. */
export const HERE = contextOf(process.cwd());

/** Runs `credseal` in this process, in a folder of its own that holds the files. */
export function runHere(args: readonly string[], given: Given = {}): Promise<Outcome> {
  return inFolder(given.files, (cwd) => runHereIn(cwd, args, given));
}

/** Runs `credseal` in this process, in a folder that is there, to look at what it leaves. */
export async function runHereIn(
  cwd: string,
  args: readonly string[],
  given: Omit<Given, 'files'> = {},
): Promise<Outcome> {
  const context = contextOf(cwd, given);
  const [stdout, stderr] = [text(context.stdout), text(context.stderr)];
  const code = await run(args, context);
  context.stdout.end();
  context.stderr.end();
  return { code, stdout: await stdout, stderr: await stderr };
}
