import { chmod, chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHereIn } from './in-process.js';
import { line, previous, sealed, WITH_RING } from './rotating.js';
import { inFolder, shell } from './run.js';
import { KEY } from './sealing.js';

const OWNER = 12_345;
const GROUP = 23_456;
const document = line(sealed('old', previous));

/** Owner, group and mode. */
async function ownerOf(path: string) {
  const { uid, gid, mode } = await stat(path);
  return { uid, gid, mode: mode & 0o7777 };
}

describe('a file that is replaced', () => {
  test.runIf(process.getuid?.() === 0).each([
    ['--in-place', 0o640],
    ['-o e', 0o600],
  ])('keeps its owner and group with rotate %s, and has mode %o', async (option, mode) => {
    await inFolder({ e: document }, async (cwd) => {
      const path = join(cwd, 'e');
      await chown(path, OWNER, GROUP);
      await chmod(path, 0o640);
      expect(await runHereIn(cwd, ['rotate', 'e', ...option.split(' ')], { env: WITH_RING })).toMatchObject({
        code: 0,
      });
      expect(await readFile(path, 'utf8')).not.toBe(document);
      expect(await ownerOf(path)).toEqual({ uid: OWNER, gid: GROUP, mode });
    });
  });

  test.runIf(process.getuid?.() === 0)('is left as it is by who could not give it to its owner', async () => {
    await inFolder({ e: document }, async (cwd) => {
      await chmod(cwd, 0o777);
      await writeFile(join(cwd, 'e'), document, { mode: 0o644 });
      const line = `exec setpriv --reuid ${OWNER} --clear-groups "$NODE" "$MAIN" rotate "${cwd}/e" -o "${cwd}/e"`;
      const { code, stderr } = await shell(line, { env: WITH_RING });
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^credseal: --output cannot be written: it belongs to a user or group .*\n$/,
        ),
      });
      expect(await ownerOf(join(cwd, 'e'))).toMatchObject({ uid: 0 });
      expect(await readFile(join(cwd, 'e'), 'utf8')).toBe(document);
    });
  });

  const files = {
    e: document,
    csv: 'name,url,username,password\nPortal,https://example.com/,ada,hunter2\n',
    key: KEY,
    old: '',
  };
  test.concurrent.each([
    ['FILE', 'rotate e --in-place'],
    ['--output', 'rotate e -o e'],
    ['--output', 'rotate e -o old'],
    ['--output', 'payload e -o old'],
    ['--output', 'request e -o old'],
    ['--output', 'import csv -o old'],
    ['--output', 'key unprotect -o old --force < keys'],
    ['--output', 'key protect --key-file key -o old --force'],
    ['--failed', 'push e --dry-run --failed old'],
    ['--data', 'emulate --data old'],
  ])('is left as it is if it has other names, and %s named: credseal %s', async (role, command) => {
    const setUp = `P=$(printf correct-horse-battery); export CREDSEAL_PASSPHRASE="$P"; credseal key protect --key-file key > keys; mkdir other; ln e old other`;
    const { stdout, stderr } = await shell(
      `${setUp}; timeout 20 "$NODE" "$MAIN" ${command}; echo "exit $?"; cat e old other/e other/old; ls -A`,
      { env: { ...WITH_RING, CLOUDCRUISE_API_KEY: 'sk' }, files },
    );
    expect(stderr).toContain(role);
    expect(stderr).toContain('it has other names (hard links), under which the old content would stay.');
    expect(stderr.split('\n')).toHaveLength(2);
    const exit = role === '--data' ? 4 : 2;
    expect(stdout).toBe(`exit ${exit}\n${document}${document}csv\ne\nkey\nkeys\nold\nother\n`);
  });
});
