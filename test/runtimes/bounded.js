import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SECONDS = 120;

/** Runs a program to its end, which comes after two minutes at the latest; gives what it printed. It throws if that is not 0. */
export async function runBounded(program, args, options = {}) {
  try {
    return await promisify(execFile)(program, args, {
      maxBuffer: 64 * 1024 * 1024,
      killSignal: 'SIGKILL',
      timeout: SECONDS * 1000,
      ...options,
    });
  } catch (error) {
    const end = error.killed
      ? `it took more than ${(options.timeout ?? SECONDS * 1000) / 1000} s`
      : error.message;
    throw new Error(`${program}: ${end}\n${error.stdout ?? ''}${error.stderr ?? ''}`.trim());
  }
}

/** Waits for something, and no longer than two minutes. */
export async function bounded(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${SECONDS} s`)), SECONDS * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
