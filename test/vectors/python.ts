import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { VectorAnswer, VectorRequest } from '../../src/vectors/index.js';
import { FOLDER } from './vectors.js';

// A second implementation, in another language and on another library, written from vectors/README.md.
export const PROGRAM = fileURLToPath(new URL('reference.py', FOLDER));
/** Debian's own: it has python3-cryptography, and another one on the way to it may not. */
export const PYTHON = '/usr/bin/python3';

/** Runs `vectors/reference.py`. */
export function python(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(PYTHON, [PROGRAM, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stderr.includes("No module named 'cryptography'"))
    throw new Error('Install what it needs: apt-get install python3-cryptography');
  return { status, stdout, stderr };
}

/** What it answers to requests, by their `id`. */
export function pythonAnswers(requests: readonly VectorRequest[]): Map<number, VectorAnswer> {
  const { stdout, stderr } = python([], requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  if (stderr !== '') throw new Error(stderr);
  const answers: (VectorAnswer & { id: number })[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return new Map(answers.map((answer) => [answer.id, answer]));
}
