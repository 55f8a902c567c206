#!/usr/bin/env node
import { EXIT, failure, tell } from './exit.js';
import { systemReason } from './input.js';
import { runPlain } from './plain-command.js';

// A closed pipe (`credseal payload … | head -1`) is the reader's choice, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  const message = `Standard output cannot be written: ${systemReason(error)}.`;
  process.exit(tell({ message, exitCode: EXIT.checkFailed }));
});
// Whoever does not want to hear the problems still gets the results.
process.stderr.on('error', () => undefined);

const args = process.argv.slice(2);
try {
  process.exitCode = (await runPlain(args)) ?? (await (await import('./program.js')).runProgram(args));
} catch (error) {
  process.exitCode = tell(failure(error));
}
