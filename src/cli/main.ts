#!/usr/bin/env node
import type { Context } from './context.js';
import { EXIT, tell } from './exit.js';
import { systemReason } from './input/read.js';
import { run } from './run.js';

/** The process itself. What few commands need, such as standard input, is made when it is asked for. */
const context: Context = {
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  get cwd() {
    return process.cwd();
  },
  process: {
    on: (event, listener) => process.on(event, listener),
    once: (event, listener) => process.once(event, listener),
    off: (event, listener) => process.off(event, listener),
    exit: (code) => process.exit(code),
    kill: (signal) => process.kill(process.pid, signal),
  },
};

// A closed pipe (`credseal payload … | head -1`) is the reader's choice, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  const message = `Standard output cannot be written: ${systemReason(error)}.`;
  process.exit(tell({ message, exitCode: EXIT.checkFailed }, context));
});
// Whoever does not want to hear the problems still gets the results.
process.stderr.on('error', () => undefined);

run(process.argv.slice(2), context).then((exitCode) => {
  process.exitCode = exitCode;
});
