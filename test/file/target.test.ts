import { mkdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { targetOf } from '../../src/file/target.js';
import { inFolder } from '../cli/run.js';

test('a path leads to one place through all links, also where nothing is there yet', async () => {
  await inFolder({ file: '', folder: null }, async (given) => {
    const at = (name: string) => join(given, name);
    const real = await realpath(given);
    await symlink('folder', at('way'));
    await symlink('way/new', at('link'));
    await symlink(at('link'), at('link to it'));
    await symlink('file', at('to file'));
    await mkdir(at('folder/inner'));
    await symlink('folder/inner', at('deep'));
    await symlink('deep/../new', at('link by deep'));
    for (const name of ['folder/new', 'way/new', 'link', 'link to it', 'deep/../new', 'link by deep'])
      expect(targetOf(`${given}/${name}`), name).toBe(join(real, 'folder/new'));
    for (const name of ['file', 'to file', 'deep/../../file'])
      expect(targetOf(`${given}/${name}`), name).toBe(join(real, 'file'));
  });
});

test('a path through what is not there, or in circles, leads nowhere', async () => {
  await inFolder({ file: '' }, async (folder) => {
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    await symlink('none/new', join(folder, 'c'));
    expect(() => targetOf(join(folder, 'none/new'))).toThrow('ENOENT');
    expect(() => targetOf(join(folder, 'c'))).toThrow('ENOENT');
    expect(() => targetOf(join(folder, 'a'))).toThrow('ELOOP');
    expect(() => targetOf(join(folder, 'file/new'))).toThrow('ENOTDIR');
  });
});
