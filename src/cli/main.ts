#!/usr/bin/env node
import { EXIT, failure, tell } from './exit.js';
import { runPlain } from './plain-command.js';

// A closed pipe (`credseal payload … | head -1`) is the reader's choice, not an error.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit();
  process.stderr.write(`credseal: Standard output cannot be written: ${code}.\n`);
  process.exit(EXIT.checkFailed);
});
// Whoever does not want to hear the problems still gets the results.
process.stderr.on('error', () => undefined);

const args = process.argv.slice(2);
try {
  process.exitCode = (await runPlain(args)) ?? (await (await import('./program.js')).runProgram(args));
} catch (error) {
  process.exitCode = tell(failure(error));
}
