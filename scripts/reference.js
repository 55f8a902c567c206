// npm run docs: writes the reference of the command line into docs/reference.md, from the built program.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withPart } from './page-part.js';

const page = new URL('../docs/reference.md', import.meta.url);
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const commands = execFileSync(process.execPath, [program, 'help', '--format', 'markdown'], {
  encoding: 'utf8',
});
writeFileSync(page, withPart(readFileSync(page, 'utf8'), 'commands', commands));
