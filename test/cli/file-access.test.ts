import { link, open, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type NamedFile, refuseConflicts } from '../../src/cli/input/file-access.js';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { HERE } from './in-process.js';
import { line, previous } from './rotating.js';
import { inFolder, shell } from './run.js';
import { KEY, OLD_KEY } from './sealing.js';

const entry = { permissioned_user_id: 'user-1', domain: 'https://example.com', password: 'hunter2' };
const files = {
  key: `${KEY}\n`,
  old: `${OLD_KEY}\n`,
  env: `CLOUDCRUISE_ENCRYPTION_KEY=${KEY}\nCLOUDCRUISE_API_KEY=sk\n`,
  pass: 'correct horse battery staple\n',
  script: '[{ "status": 500 }]\n',
  plain: line(entry),
  sealed: line(sealEntry(entry, previous)),
  csv: 'name,url,username,password\nPortal,https://example.com/,ada,hunter2\n',
};
/** The keys are in the environment as well; nobody listens where a push would go to. */
const env = {
  CLOUDCRUISE_ENCRYPTION_KEY: KEY,
  CLOUDCRUISE_API_KEY: 'sk',
  CLOUDCRUISE_BASE_URL: 'http://127.0.0.1:9',
};
/** What all files are, and what they hold. */
const LOOK = 'for f in $(ls -A); do echo "$f"; cat "$f"; done';
const UNTOUCHED = Object.entries(files)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, text]) => `${name}\n${text}`)
  .join('');

describe('no command writes to a file that it reads or writes otherwise', () => {
  test.concurrent.each<[command: string, writer: string, other: string]>([
    ['payload plain --key-file key -o key', '--output', '--key-file'],
    ['payload plain --previous-key-file old -o old', '--output', '--previous-key-file'],
    ['payload plain --env-file env -o env', '--output', '--env-file'],
    ['payload plain --passphrase-fd 3 -o pass 3< pass', '--output', '--passphrase-fd'],
    ['request plain --key-file key --output=key', '--output', '--key-file'],
    ['import csv --key-file key -o key', '--output', '--key-file'],
    ['import csv -o csv', '--output', 'FILE'],
    ['import -o csv < csv', '--output', 'standard input'],
    ['rotate sealed --key-file key --previous-key-file old -o key', '--output', '--key-file'],
    ['rotate sealed --key-file key --previous-key-file old -o old', '--output', '--previous-key-file'],
    ['rotate key --key-file key --in-place', 'FILE', '--key-file'],
    ['push sealed --failed sealed', '--failed', 'FILE'],
    ['push --failed sealed < sealed', '--failed', 'standard input'],
    ['push sealed --key-file key --failed key', '--failed', '--key-file'],
    ['push sealed --journal sealed', '--journal', 'FILE'],
    ['push sealed --env-file env --journal env', '--journal', '--env-file'],
    ['push sealed --journal old --failed old', '--failed', '--journal'],
    ['push sealed --dry-run --failed sealed', '--failed', 'FILE'],
    ['key protect --key-file key -o key --force', '--output', '--key-file'],
    ['key protect -o key --force < key', '--output', 'standard input'],
    ['key unprotect --key-file key -o key --force', '--output', '--key-file'],
    ['emulate --key-file key --data key', '--data', '--key-file'],
    ['emulate --fault-script script --data script', '--data', '--fault-script'],
    ['payload plain >> plain', 'Standard output', 'FILE'],
    ['payload < plain >> plain', 'Standard output', 'standard input'],
    ['seal --key-file key < pass >> key', 'Standard output', '--key-file'],
    ['open < sealed >> sealed', 'Standard output', 'standard input'],
    ['key show --key-file key >> key', 'Standard output', '--key-file'],
    ['preflight plain sealed >> sealed', 'Standard output', 'FILE 2'],
    ['totp < pass >> pass', 'Standard output', 'standard input'],
    ['doctor --key-file key >> key', 'Standard output', '--key-file'],
  ])('credseal %s', async (command, writer, other) => {
    const run = `P=$(cat pass); export CREDSEAL_PASSPHRASE="$P"; timeout 20 "$NODE" "$MAIN" ${command}`;
    const { stdout, stderr } = await shell(`${run}; echo "exit $?"; ${LOOK}`, { env, files });
    expect(stderr).toBe(
      `credseal: ${writer} leads to the same file as ${other}: nothing was read or written. Give another file.\n`,
    );
    expect(stdout).toBe(`exit 2\n${UNTOUCHED}`);
  });
});

describe('a file is the same however it is spelt', () => {
  const push = 'push sealed --dry-run';
  test.concurrent.each<[spelling: string, command: string]>([
    ['standard input by its name', 'payload plain --key-file /dev/stdin -o key < key'],
    ['what standard input is', 'import -o /dev/stdin < csv'],
    ['a descriptor', 'payload plain --key-file /dev/fd/3 -o key 3< key'],
    ['standard output by its name', 'payload plain --key-file key -o /dev/stdout >> key'],
    ['a file that is not there yet', `${push} --journal new --failed ./new`],
    ['a link to it', `${push} --key-file link --failed key`],
  ])('%s', async (_, command) => {
    const run = `ln -s key link; timeout 20 "$NODE" "$MAIN" ${command}`;
    const { stdout, stderr } = await shell(`${run}; echo "exit $?"; rm link; ${LOOK}`, { env, files });
    expect(stderr).toMatch(/^credseal: (--output|--failed) leads to the same file as .*\n$/);
    expect(stdout).toBe(`exit 2\n${UNTOUCHED}`);
  });

  const here = (path: string): NamedFile => ({ role: '--output', path, access: 'write' });
  const conflict = (read: string | Pick<NamedFile, 'fd'>, written: string) => () => {
    const file = typeof read === 'string' ? { path: read } : read;
    refuseConflicts([{ role: 'FILE', access: 'both', ...file }, here(written)], HERE);
  };
  const SAME = expect.objectContaining({
    exitCode: 2,
    message: expect.stringMatching(/^--output leads to the same file as FILE: /),
  });

  test('its path, from here or from the root, through folders, links and hard links', async () => {
    await inFolder({ file: '', other: '', folder: null }, async (folder) => {
      const at = (name: string) => join(folder, name);
      await symlink('file', at('link'));
      await symlink(at('link'), at('link to it'));
      await symlink('.', at('here'));
      await link(at('file'), at('hard'));
      const ways = [
        'file',
        './file',
        'folder/../file',
        'link',
        'link to it',
        'hard',
        'here/file',
        'here/hard',
      ];
      for (const way of ways) expect(conflict(`${folder}/${way}`, at('file')), way).toThrow(SAME);
      for (const way of ways) expect(conflict(relative('.', at('file')), `${folder}/${way}`)).toThrow(SAME);
      for (const way of ways) expect(conflict(`${folder}/${way}`, at('other')), way).not.toThrow();
      const handle = await open(at('file'));
      expect(conflict({ fd: handle.fd }, at('hard'))).toThrow(SAME);
      expect(conflict({ fd: handle.fd }, at('other'))).not.toThrow();
      await handle.close();
    });
  });

  test('before it is there, by the folder that it will be in, in any case and normalization', async () => {
    await inFolder({ folder: null }, async (folder) => {
      const at = (name: string) => join(folder, name);
      await symlink('folder', at('link'));
      await symlink('folder/new', at('to new'));
      await symlink('to new', at('to it'));
      const ways = ['folder/new', 'folder/New', 'link/new', 'link/../folder/NEW', 'to new', 'to it'];
      for (const way of ways) expect(conflict(`${folder}/${way}`, at('folder/new')), way).toThrow(SAME);
      expect(conflict(at('\u00e4'), at('a\u0308'))).toThrow(SAME);
      for (const way of ['new', 'folder/new2', 'none/new', 'folder', '/dev/full/new'])
        expect(conflict(at(way), at('folder/new')), way).not.toThrow();
    });
  });

  test('a pipe is as good as a file, and a device holds nothing', async () => {
    const { stdout, stderr } = await shell(
      'mkfifo p; timeout 20 "$NODE" "$MAIN" payload p -o ./p; echo "exit $?"',
      { env },
    );
    expect({ stdout, stderr: stderr.includes('leads to the same file') }).toEqual({
      stdout: 'exit 2\n',
      stderr: true,
    });
    expect(conflict('/dev/null', '/dev/null')).not.toThrow();
  });

  test('and may be read in several roles, or replaced where that is said', () => {
    const file = { role: 'FILE', path: 'package.json', access: 'read' } as const;
    expect(() => refuseConflicts([file, { ...file, role: '--key-file' }], HERE)).not.toThrow();
    expect(() => refuseConflicts([file, { ...here('package.json'), over: 'FILE' }], HERE)).not.toThrow();
    const key = { ...file, role: '--key-file' };
    expect(() => refuseConflicts([key, { ...here('package.json'), over: 'FILE' }], HERE)).toThrow(
      /--key-file/,
    );
  });
});

describe('what does no harm goes through', () => {
  const SEALED = /^\{.*"password":"[0-9a-f]{60,}"\}\n$/;
  test.concurrent.each<[what: string, command: string]>([
    ['an entry sealed over its own file', 'payload plain -o plain && cat plain'],
    ['the same from standard input', 'payload -o plain < plain && cat plain'],
    ['one key file in two roles', 'payload plain --key-file key --previous-key-file key'],
    ['a name for standard output', 'payload plain -o /dev/stdout > new; cat new'],
  ])('%s', async (_, command) => {
    const { code, stdout, stderr } = await shell(`credseal ${command}`, { env, files });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(SEALED);
  });
});
