import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import type { VectorRequest } from '../../vectors/index.js';
import type { Context } from '../context.js';
import { startProgram } from '../programs/program.js';

/** No answer is longer: the longest value has 64 KiB, each at most six characters. The rest would only fill the memory. */
const LONGEST_LINE = 1_000_000;
/** How long a program may stay when it has answered everything. */
const FAREWELL_MS = 500;

/** What came of asking a program. */
export interface ProgramResult {
  /** By the `id` of the request. */
  readonly answers: ReadonlyMap<number, unknown>;
  /** What went wrong beside single answers, as sentences. */
  readonly problems: readonly string[];
}

/**
 * Asks a program: one request a line on its standard input, answers on its standard output, in any order. It is given
 * up when nothing is answered for a while; a line that is no answer answers nothing, and is reported.
 *
 * @param command a line for the shell. It gets the environment without any variable of ours: vectors need no secret.
 * @param timeout in seconds, from one answer to the next.
 */
export async function askProgram(
  command: string,
  requests: readonly VectorRequest[],
  timeout: number,
  context: Context,
): Promise<ProgramResult> {
  const answers = new Map<number, unknown>();
  const problems: string[] = [];
  const strange: string[] = [];
  const known = new Set(requests.map(({ id }) => id));
  const { child, stop, ended } = startProgram(
    (options) => spawn(command, { ...options, shell: true, stdio: ['pipe', 'pipe', 'inherit'] }),
    context,
  );
  const count = () => `${answers.size} of ${requests.length} answers (one for each method of each test)`;

  function giveUp(problem: string): void {
    problems.push(problem);
    stop();
  }
  function read(line: string): void {
    const answer = parseObject(line);
    const id = answer?.id;
    if (typeof id === 'number' && known.has(id) && !answers.has(id)) {
      answers.set(id, answer);
      timer.refresh();
      if (answers.size === requests.length) setTimeout(stop, FAREWELL_MS).unref();
    } else if (line.trim() !== '') strange.push(line);
  }

  const timer = setTimeout(
    () => giveUp(`The program gave no answer for ${timeout} s and was stopped, after ${count()}.`),
    timeout * 1000,
  );
  try {
    await new Promise<void>((resolve) => {
      child.once('error', ({ message }) => {
        problems.push(`The program cannot be started: ${message}.`);
        resolve();
      });
      child.once('close', (code, signal) => {
        if (answers.size < requests.length && problems.length === 0) {
          const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
          problems.push(`The program ended ${how} after ${count()}.`);
        }
        resolve();
      });
      let rest = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const [first = '', ...others] = text.split('\n');
        rest += first;
        for (const other of others) {
          read(rest);
          rest = other;
        }
        if (rest.length > LONGEST_LINE) giveUp('The program wrote a line that has no end.');
      });
      child.stdout.on('end', () => read(rest));
      // A program that has ended reads no more; how it ended is reported when it closes.
      child.stdin.on('error', () => undefined);
      Readable.from(requests.map((request) => `${toAscii(JSON.stringify(request))}\n`)).pipe(child.stdin);
    });
  } finally {
    clearTimeout(timer);
    ended();
  }
  if (strange.length > 0) problems.push(strangeLines(strange));
  return { answers, problems };
}

/** ASCII is the same in every encoding that a program may read its input in. */
function toAscii(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function parseObject(line: string): { readonly id?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function strangeLines([first = '', ...others]: readonly string[]): string {
  const shown = JSON.stringify(first.slice(0, 80)).replaceAll(/\p{C}/gu, '\uFFFD');
  const count = others.length === 0 ? 'a line that is' : `${others.length + 1} lines that are`;
  return `The program wrote ${count} no answer to a request that was open; the first: ${shown}`;
}
