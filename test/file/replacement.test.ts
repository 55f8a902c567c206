import { randomUUID } from 'node:crypto';
import { chmod, chown, link, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FileRefused } from '../../src/file/refused.js';
import { Replacement, removeLeftovers } from '../../src/file/replacement.js';
import { inFolder } from '../cli/run.js';

const OWNER = 12_345;
const GROUP = 23_456;
const isRoot = process.getuid?.() === 0;

/** Replaces what is at a path. */
async function replace(path: string, options = {}): Promise<void> {
  const replacement = new Replacement(path, options);
  const handle = await replacement.open();
  await handle.appendFile('new');
  await replacement.settle(handle);
  await handle.close();
  await replacement.commit();
}

/** Owner, group and mode. */
async function ownerOf(path: string) {
  const { uid, gid, mode } = await stat(path);
  return { uid, gid, mode: mode & 0o7777 };
}

describe('what replaces a file', () => {
  test.each([0o644, 0o640, 0o600, 0o444])('is for its owner alone, or as the old one: %o', async (mode) => {
    await inFolder({ file: 'old' }, async (folder) => {
      const path = join(folder, 'file');
      await chmod(path, mode);
      await replace(path, { keepsMode: true });
      expect(await ownerOf(path)).toMatchObject({ mode });
      await replace(path);
      expect(await ownerOf(path)).toMatchObject({ mode: 0o600 });
      expect(await readFile(path, 'utf8')).toBe('new');
      expect(await readdir(folder)).toEqual(['file']);
    });
  });

  test.runIf(isRoot)('belongs to the old one’s owner and group, also where root replaces it', async () => {
    await inFolder({ file: 'old' }, async (folder) => {
      const path = join(folder, 'file');
      await chown(path, OWNER, GROUP);
      await chmod(path, 0o640);
      await replace(path, { keepsMode: true });
      expect(await ownerOf(path)).toEqual({ uid: OWNER, gid: GROUP, mode: 0o640 });
      await replace(path);
      expect(await ownerOf(path)).toEqual({ uid: OWNER, gid: GROUP, mode: 0o600 });
    });
  });

  test.runIf(isRoot)('is refused where it could not belong to that owner, and leaves nothing', async () => {
    await inFolder({ file: 'old' }, async (folder) => {
      const path = join(folder, 'file');
      await chmod(folder, 0o777);
      process.seteuid?.(OWNER);
      onTestFinished(() => process.seteuid?.(0));
      const refused = new Replacement(path).open();
      await expect(refused).rejects.toThrow(FileRefused);
      await expect(refused).rejects.toThrow(
        /^it belongs to a user or group to whom this user can give no file/,
      );
      process.seteuid?.(0);
      expect(await readdir(folder)).toEqual(['file']);
      expect(await readFile(path, 'utf8')).toBe('old');
    });
  });

  test('is refused where the old one has other names, and leaves nothing', async () => {
    await inFolder({ file: 'old' }, async (folder) => {
      const path = join(folder, 'file');
      await link(path, join(folder, 'other'));
      const refused = new Replacement(path).open();
      await expect(refused).rejects.toThrow(FileRefused);
      await expect(refused).rejects.toThrow(/^it has other names \(hard links\)/);
      expect(await readdir(folder)).toEqual(['file', 'other']);
      expect((await stat(path)).nlink).toBe(2);
    });
  });

  test('is for its owner alone while it is made, and gone when it is discarded', async () => {
    await inFolder({ file: 'old' }, async (folder) => {
      const replacement = new Replacement(join(folder, 'file'), { keepsMode: true });
      const handle = await replacement.open();
      expect((await handle.stat()).mode & 0o777).toBe(0o600);
      await handle.close();
      replacement.discard();
      replacement.discard();
      expect(await readdir(folder)).toEqual(['file']);
      expect(await readFile(join(folder, 'file'), 'utf8')).toBe('old');
    });
  });
});

test('what killed processes left of replacements is taken away, and nothing of anybody else', async () => {
  const uuid = randomUUID();
  const others = [`.other.${uuid}.tmp`, `.file.${uuid}.tmp~`, '.file.notes.tmp', `.file.x.${uuid}.tmp`];
  const files = Object.fromEntries([`.file.${uuid}.tmp`, ...others, 'file'].map((name) => [name, '']));
  await inFolder(files, async (folder) => {
    await writeFile(join(folder, `.file.${randomUUID()}.tmp`), 'half');
    await removeLeftovers(join(folder, 'file'));
    expect(await readdir(folder)).toEqual([...others, 'file'].sort());
  });
});
