import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built command line, as `npm install` links it. */
export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

if (!existsSync(MAIN)) {
  throw new Error('dist/cli/main.js is missing: run "npm run build" first ("npm test" does).');
}

/** What a process is started with: nothing of the test's own environment. */
export interface Given {
  /** All of standard input; by default there is none. */
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** By name, in the folder that the process starts in; null makes a folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `credseal` with these arguments, in a folder of its own that holds the files. */
export function run(args: readonly string[], given: Given = {}): Promise<Outcome> {
  return runNode([MAIN, ...args], given);
}

/** Runs Node with these arguments, in a folder of its own that holds the files. */
export function runNode(args: readonly string[], given: Given = {}): Promise<Outcome> {
  return start(process.execPath, args, given.env ?? {}, given);
}

/** Runs `credseal` in a folder that is there, to look at what it leaves. */
export function runIn(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: string | Uint8Array = '',
): Promise<Outcome> {
  return startIn(cwd, process.execPath, [MAIN, ...args], env, stdin);
}

/** Runs a line of the shell, in which `credseal` is the command line. */
export function shell(line: string, given: Given = {}): Promise<Outcome> {
  const env = { PATH: process.env.PATH ?? '', NODE: process.execPath, MAIN, ...given.env };
  return start('/bin/sh', ['-c', `credseal() { "$NODE" "$MAIN" "$@"; }\n${line}`], env, given);
}

async function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { stdin = '', files = {} }: Given,
): Promise<Outcome> {
  return inFolder(files, (cwd) => startIn(cwd, command, args, env, stdin));
}

function startIn(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin: string | Uint8Array,
): Promise<Outcome> {
  const child = spawn(command, args, { cwd, env });
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  // A command that has failed before reads no more.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  return new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const text = (name: 'stdout' | 'stderr') => Buffer.concat(chunks[name]).toString();
      resolve({ code, stdout: text('stdout'), stderr: text('stderr') });
    });
  });
}

/** Makes a folder with these files, for nobody else to read, for as long as something runs in it. */
export async function inFolder<T>(
  files: Given['files'] = {},
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'credseal-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      if (content === null) await mkdir(join(folder, name));
      else await writeFile(join(folder, name), content, { mode: 0o600 });
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
