import { randomUUID } from 'node:crypto';
// The promises of node:fs are loaded when one is used: a command that writes no file does not wait for them.
import { promises, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FileRefused } from './refused.js';

/** What a killed process has left: `.NAME.UUID.tmp`. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A file in the making that takes the place of another, or of none, by rename: whoever reads finds the old one or the
 * new one, whole. It belongs to whom the old one belongs to.
 */
export class Replacement {
  /** Beside it, since a file can only be renamed within its file system; and by its name not to be taken for a result. */
  readonly #place: string;
  readonly #target: string;
  readonly #keepsMode: boolean;
  #mode: number | undefined;

  /**
   * @param target without links: they would be replaced by a file.
   * @param options keepsMode: whether it is to be for those that the old one is for. By default it is its owner's alone.
   */
  constructor(target: string, { keepsMode = false }: { readonly keepsMode?: boolean } = {}) {
    this.#target = target;
    this.#keepsMode = keepsMode;
    this.#place = `${prefixOf(target)}${randomUUID()}.tmp`;
  }

  /**
   * Makes the file, to append to.
   *
   * @throws FileRefused if the old one has other names, or an owner to whom no file can be given; errors of `node:fs`
   */
  async open(): Promise<promises.FileHandle> {
    const old = statSync(this.#target, { throwIfNoEntry: false });
    if (old !== undefined && old.nlink > 1) throw new FileRefused(OTHER_NAMES);
    // "x": never through a link that somebody has put there.
    const handle = await promises.open(this.#place, 'ax', 0o600);
    try {
      if (old !== undefined) await giveTo(handle, old);
    } catch (error) {
      await handle.close();
      this.discard();
      throw error;
    }
    if (this.#keepsMode) this.#mode = old?.mode;
    return handle;
  }

  /** What was written is on the disk then, and for those to read that it is for. */
  async settle(handle: promises.FileHandle): Promise<void> {
    if (this.#mode !== undefined) await handle.chmod(this.#mode & 0o7777);
    await handle.sync();
  }

  /** Puts it in its place, safe from a power failure. */
  async commit(): Promise<void> {
    await promises.rename(this.#place, this.#target);
    await syncFolder(dirname(this.#target));
  }

  /** Takes it away. At once, for a process that ends. */
  discard(): void {
    rmSync(this.#place, { force: true });
  }
}

/**
 * Takes away what processes that were killed have left of replacements.
 *
 * @param target what they were to replace; nobody else may be about to, which takes a lock.
 */
export async function removeLeftovers(target: string): Promise<void> {
  const prefix = basename(prefixOf(target));
  for (const name of await promises.readdir(dirname(target))) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    if (UUID.test(name.slice(prefix.length, -'.tmp'.length)))
      await promises.rm(join(dirname(target), name), { force: true });
  }
}

const prefixOf = (target: string) => join(dirname(target), `.${basename(target)}.`);

/** Gives a new file to the owner and the group of an old one. */
async function giveTo(handle: promises.FileHandle, { uid, gid }: Stats): Promise<void> {
  const made = await handle.stat();
  if (made.uid === uid && made.gid === gid) return;
  try {
    await handle.chown(uid, gid);
  } catch (error) {
    // EINVAL: a user that a container does not know.
    const isNotAllowed =
      error instanceof Error && 'code' in error && ['EPERM', 'EINVAL'].includes(`${error.code}`);
    throw isNotAllowed ? new FileRefused(OTHER_OWNER) : error;
  }
}

const OTHER_NAMES =
  'it has other names (hard links), under which the old content would stay. Give a name that is its only one';
const OTHER_OWNER =
  'it belongs to a user or group to whom this user can give no file. Give another name, or run this as its owner';

/** A rename is safe from a power failure when the folder is on the disk. Windows syncs no folders, and needs it not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await promises.open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
