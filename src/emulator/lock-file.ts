import { open, readFile, rm } from 'node:fs/promises';
import { CredsealError } from '../errors.js';

/** Files that this process has locked: its own number in a lock file tells nothing. */
const own = new Set<string>();

/**
 * Takes a file for this process alone, by a file beside it that holds the process's number. One that a killed process
 * has left is taken over.
 *
 * @returns gives the file free again.
 * @throws CredsealError `ERR_REQUEST_INVALID` if another process has it
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  if (own.has(lock)) throw inUse();
  own.add(lock);
  try {
    await takeLock(lock);
  } catch (error) {
    own.delete(lock);
    throw error;
  }
  return async () => {
    await rm(lock, { force: true });
    own.delete(lock);
  };
}

async function takeLock(lock: string): Promise<void> {
  // The second time, if the first has found a lock that nobody holds.
  for (const isLast of [false, true]) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      await handle.writeFile(`${process.pid}\n`);
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(await readFile(lock, 'utf8'));
      if (isLast || (holder !== process.pid && (await isRunning(holder)))) throw inUse();
      await rm(lock, { force: true });
    }
  }
}

async function isRunning(pid: number): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !(await isZombie(pid));
}

/** Whether a process has ended, and nobody has asked how: in containers, nobody may ever do (proc_pid_stat(5)). */
async function isZombie(pid: number): Promise<boolean> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return /^\) [ZX]/.test(text.slice(text.lastIndexOf(')')));
  } catch {
    // No Linux: it cannot be told.
    return false;
  }
}

function inUse(): CredsealError {
  return new CredsealError(
    'ERR_REQUEST_INVALID',
    'The data file is in use by another local vault: end that one, or give another file. If none runs, delete the file of the same name with .lock behind it.',
    { field: 'data' },
  );
}
