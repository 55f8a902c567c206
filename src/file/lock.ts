import { spawnSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, statSync, unlinkSync } from 'node:fs';
import { FileRefused } from './refused.js';

/**
 * The flag of open(2) that takes a lock with the file: `O_EXLOCK` of macOS and the BSDs; on Windows libuv's
 * `UV_FS_O_EXLOCK`, which shares the file with nobody. `fs.constants` has neither.
 */
const LOCKING: Partial<Record<NodeJS.Platform, number>> = {
  darwin: 0x20,
  freebsd: 0x20,
  netbsd: 0x20,
  openbsd: 0x20,
  win32: 0x1000_0000,
};

class InUse extends FileRefused {
  constructor() {
    super('it is in use by another process. Let that one end, or give another file');
  }
}

/**
 * Opens a file for this process alone, by a lock of the kernel (flock(2)), which is free the moment that its holder has
 * ended, also by SIGKILL. It is a lock of the file, not of its name or of a process number: it holds across links, and
 * across containers that share a volume. It holds for who asks for it here, and keeps nobody from reading.
 *
 * @param flags as of open(2).
 * @returns the descriptor. To close it is to give the lock back.
 * @throws FileRefused if another holder has it, it is no file, or nothing can lock it here; errors of `node:fs`
 */
export function openLocked(path: string, flags: number): number {
  for (;;) {
    refuseSpecial(path);
    // Without O_NONBLOCK, a pipe that came between would be waited for.
    const fd = take(path, flags | (constants.O_NONBLOCK ?? 0));
    try {
      if (!fstatSync(fd).isFile()) throw notAFile();
      if (leadsTo(path, fd)) return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    // The holder before has taken it away after it was opened here.
    closeSync(fd);
  }
}

/**
 * Takes what is at a path for this process alone, whatever replaces it meanwhile: by a lock on an empty file beside it.
 *
 * @param path without links: {@link targetOf}.
 * @returns gives it free again.
 * @throws as {@link openLocked}
 */
export function lockBeside(path: string): () => void {
  const lock = `${path}.lock`;
  const fd = openLocked(lock, constants.O_RDWR | constants.O_CREAT);
  if (fstatSync(fd).size > 0) {
    closeSync(fd);
    throw new FileRefused(
      'a file with its name and the ending .lock exists, but is not a lock. Move that file away',
    );
  }
  return () => {
    try {
      // Taken away while it is held: who has opened it meanwhile sees that it leads nowhere. Windows does not allow it.
      if (process.platform !== 'win32' && leadsTo(lock, fd)) unlinkSync(lock);
    } finally {
      closeSync(fd);
    }
  };
}

/** Refuses a pipe, a device and a socket, which opening alone might change. */
export function refuseSpecial(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile() && !found.isDirectory()) throw notAFile();
}

function take(path: string, flags: number): number {
  const flag = LOCKING[process.platform];
  if (flag === undefined) return takeByProgram(path, flags);
  const fd = openAndTake(path, flags | flag);
  try {
    // A lock that can be taken twice is none: some runtimes pass over flags that they do not know.
    closeSync(openAndTake(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0) | flag));
  } catch (error) {
    if (error instanceof InUse) return fd;
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  throw new FileRefused(NO_LOCK);
}

function openAndTake(path: string, flags: number): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    // On macOS and the BSDs, and on Windows.
    const isHeld = error instanceof Error && 'code' in error && ['EAGAIN', 'EBUSY'].includes(`${error.code}`);
    throw isHeld ? new InUse() : error;
  }
}

/** Node has no call for flock(2): a program locks the descriptor that it inherits, and the lock stays with this one. */
function takeByProgram(path: string, flags: number): number {
  const { PATH } = process.env;
  const fd = openSync(path, flags, 0o600);
  const { status, stderr } = spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    // Nothing of the environment is its business but where it is.
    env: { PATH },
    encoding: 'utf8',
  });
  if (status === 0) return fd;
  closeSync(fd);
  // util-linux and BusyBox say so alike, and without a word.
  if (status === 1 && stderr === '') throw new InUse();
  // Where it is not there, or not allowed to run, there is no status.
  throw new FileRefused(typeof status === 'number' ? NO_LOCK : NO_PROGRAM);
}

function leadsTo(path: string, fd: number): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  const { dev, ino } = fstatSync(fd, { bigint: true });
  return there !== undefined && there.dev === dev && there.ino === ino;
}

const NO_PROGRAM =
  'it cannot be locked without the program flock, which cannot be run here. Install util-linux or BusyBox';
const NO_LOCK = 'it cannot be locked where it is. Give one on another file system';
const notAFile = () => new FileRefused('it is a pipe, a device or a socket. Give a file');
