#!/usr/bin/env node
import { EXIT, failure, tell } from './exit.js';
import { systemReason } from './input/read.js';
import { runPlain } from './plain-command.js';
import { plainOpen, plainSeal } from './plain-value.js';

// A closed pipe (`credseal payload … | head -1`) is the reader's choice, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  const message = `Standard output cannot be written: ${systemReason(error)}.`;
  process.exit(tell({ message, exitCode: EXIT.checkFailed }));
});
// Whoever does not want to hear the problems still gets the results.
process.stderr.on('error', () => undefined);

/** Runs what needs no option parser; undefined if this does, or may have a question for somebody at a terminal. */
async function runQuickly([command, ...args]: readonly string[]): Promise<number | undefined> {
  if (process.stdin.isTTY) return undefined;
  switch (command) {
    case 'seal':
      return runPlain(plainSeal, args);
    case 'open':
      return runPlain(plainOpen, args);
    case 'payload':
      return (await import('./plain-payload.js')).runPlainPayload(args);
    default:
      return undefined;
  }
}

const args = process.argv.slice(2);
try {
  process.exitCode = (await runQuickly(args)) ?? (await (await import('./program.js')).runProgram(args));
} catch (error) {
  process.exitCode = tell(failure(error));
}
