import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import type { Context } from '../../src/cli/context.js';
import { run } from '../../src/cli/run.js';
import { type Given, inFolder, type Outcome } from './run.js';

/** What src/cli/threads/flat-memory.ts changes. */
const V8_DEFAULTS = ['--semi-space-growth-factor=2', '--heap-growing-percent=0', '--parallel-scavenge'];

/** Keeps what is written as a pipe does: what is done with the bytes afterwards changes nothing. */
class Sink extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

/** A context without anything of this process. */
export function contextOf(cwd: string, { stdin = '', env = {} }: Given = {}) {
  const events = new EventEmitter();
  return {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: new Sink(),
    stderr: new Sink(),
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
  const code = await run(args, context);
  // What a command over many lines sets is of the whole process.
  for (const flag of V8_DEFAULTS) setFlagsFromString(flag);
  return { code, stdout: context.stdout.text, stderr: context.stderr.text };
}
