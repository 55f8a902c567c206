import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, link, lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DataFile } from '../../src/emulator/data-file.js';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.js';
import { CredsealError } from '../../src/errors.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { API_KEY, ENTRY, KEY, localVault, OTHER_KEY, REF, send } from './local-vault.js';

/** A folder for one test, with the path of a file that is not there yet. */
async function dataPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'credseal-vault-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'vault.data');
}

/** Runs a vault on a file, and gives what was made of it. */
async function withVault<T>(
  data: string,
  work: (local: Awaited<ReturnType<typeof localVault>>) => Promise<T>,
  options: Partial<EmulatorOptions> = {},
): Promise<T> {
  const local = await localVault({ data, ...options });
  const result = await work(local);
  await local.vault.close();
  return result;
}

const list = (local: Awaited<ReturnType<typeof localVault>>) =>
  send(local.requests.list()).then(({ json }) => json);
const failure = (data: string, options: object = {}) =>
  startEmulator({ key: KEY, apiKey: API_KEY, data, ...options }).then(
    () => expect.fail('it started'),
    (error) => error,
  );

describe('a vault with a data file', () => {
  test('has after a restart what it had before', async () => {
    const data = await dataPath();
    const before = await withVault(data, async (local) => {
      const { requests } = local;
      for (const permissioned_user_id of ['a', 'b', 'c', 'ü\u2028\n'])
        await send(requests.create({ ...ENTRY, permissioned_user_id, cookies: [] }));
      await send(requests.update({ ...REF, permissioned_user_id: 'b', password: 'new' }));
      await send(requests.delete({ ...REF, permissioned_user_id: 'a' }));
      await send(requests.clearBrowserState({ ...REF, permissioned_user_id: 'c' }));
      return list(local);
    });
    expect(before).toHaveLength(3);
    expect(await withVault(data, list)).toEqual(before);
    expect(await withVault(data, list)).toEqual(before);
  });

  test('is for nobody else to read, and holds no secret in plain text', async () => {
    const data = await dataPath();
    await writeFile(data, '', { mode: 0o644 });
    await withVault(data, ({ requests }) => send(requests.create(ENTRY)));
    expect((await stat(data)).mode & 0o777).toBe(0o600);
    const text = await readFile(data, 'utf8');
    expect(text).not.toMatch(/correct horse|JBSWY3DP|ada@example|QZXJWVKY|0123456789abcdef0123/);
    expect(text).toContain(REF.domain);
  });

  test('a link stays a link', async () => {
    const data = await dataPath();
    await withVault(data, ({ requests }) => send(requests.create(ENTRY)));
    await symlink(data, `${data}.link`);
    expect(await withVault(`${data}.link`, list)).toHaveLength(1);
    expect((await lstat(`${data}.link`)).isSymbolicLink()).toBe(true);
  });

  test('drops a last line that a kill has cut off, and only that', async () => {
    const data = await dataPath();
    await withVault(data, async ({ requests }) => {
      await send(requests.create(ENTRY));
      await send(requests.create({ ...ENTRY, permissioned_user_id: 'user-2' }));
    });
    const whole = await readFile(data);
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (const cut of [lastLine, lastLine + 1, lastLine + 50, whole.length - 1]) {
      await writeFile(data, whole.subarray(0, cut));
      const [first, ...more] = await withVault(data, list);
      expect(first.permissioned_user_id).toBe('user-1');
      expect(more).toEqual([]);
    }
  });

  test('writes go on after a cut-off line', async () => {
    const data = await dataPath();
    await withVault(data, ({ requests }) => send(requests.create(ENTRY)));
    await appendFile(data, '{"put":{"id":"');
    await withVault(data, ({ requests }) =>
      send(requests.create({ ...ENTRY, permissioned_user_id: 'user-2' })),
    );
    expect(await withVault(data, list)).toHaveLength(2);
  });

  test.each([
    ['of something else', 'MARKER=1\nexport MARKER\n', 'not a data file'],
    ['of something else, in one line', 'MARKER', undefined],
    ['of JSON of another kind', '{"MARKER":1}\n', 'not a data file'],
    [
      'of a later version',
      '{"format":"credseal local vault","version":2,"workspace_id":"w"}\n',
      'another version',
    ],
    [
      'damaged in the middle',
      '{"format":"credseal local vault","version":1,"workspace_id":"w"}\n\0\0MARKER\n{}\n',
      'line 2',
    ],
    [
      'with a line of another kind',
      '{"format":"credseal local vault","version":1,"workspace_id":"w"}\n{"MARKER":1}\n',
      'line 2',
    ],
  ])('refuses a file %s, and leaves it as it is', async (_, text, message) => {
    const data = await dataPath();
    await writeFile(data, text);
    const error = await failure(data);
    expect(error).toBeInstanceOf(CredsealError);
    expect(error).toMatchObject({ code: 'ERR_REQUEST_INVALID', field: 'data' });
    expect(error.message).toContain(message ?? 'not a data file');
    expect(error.message).not.toContain('MARKER');
    expect(await readFile(data, 'utf8')).toBe(text);
  });

  test('refuses entries of another key, and takes them with that one as a previous key', async () => {
    const data = await dataPath();
    await withVault(data, ({ requests }) => send(requests.create(ENTRY)), { key: OTHER_KEY });
    const error = await failure(data);
    expect(error.message).toContain(`does not open under ${KEY.fingerprint}`);
    const ring = new KeyRing(KEY, [OTHER_KEY]);
    await withVault(
      data,
      async ({ requests }) => {
        expect((await send(requests.tfaCode(REF))).status).toBe(200);
        expect((await send(requests.update({ ...REF, user_alias: 'x' }))).status).toBe(200);
      },
      { key: ring },
    );
  });

  test('is not shared by two vaults, by whatever name', async () => {
    const data = await dataPath();
    await symlink(data, `${data}.link`);
    await withVault(`${data}.link`, async () => {
      for (const name of [data, `${data}.link`]) {
        expect(await failure(name)).toMatchObject({ code: 'ERR_REQUEST_INVALID', field: 'data' });
        expect((await failure(name)).message).toContain('in use by another process');
      }
    });
    expect(await withVault(data, list)).toEqual([]);
    expect(existsSync(`${data}.lock`)).toBe(false);
  });

  test('is free when a vault could not start on it', async () => {
    const data = await dataPath();
    await withVault(data, ({ requests }) => send(requests.create(ENTRY)), { key: OTHER_KEY });
    expect((await failure(data)).message).toContain('does not open');
    expect(await withVault(data, list, { key: OTHER_KEY })).toHaveLength(1);
  });

  test('leaves a file of its name with .lock behind it alone, if there is something in it', async () => {
    const data = await dataPath();
    await writeFile(`${data}.lock`, 'a key');
    expect((await failure(data)).message).toMatch(
      /^The data file cannot be used: .* is not a lock\. Move that file away\.$/,
    );
    expect(await readFile(`${data}.lock`, 'utf8')).toBe('a key');
  });

  test('is no pipe and no device: neither waited for nor replaced', async () => {
    const data = await dataPath();
    execFileSync('mkfifo', [data]);
    for (const path of [data, '/dev/null', '/dev/full'])
      expect((await failure(path)).message).toContain('it is a pipe, a device or a socket. Give a file.');
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  test('where there is no folder, or no permission, Node’s own error says so', async () => {
    expect((await failure(`${await dataPath()}/vault.data`)).code).toBe('ENOENT');
    const folder = dirname(await dataPath());
    expect((await failure(folder)).code).toBe('EISDIR');
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });
});

describe('the log', () => {
  const open = (path: string, kept: Map<string, string>, compactAfter: number) =>
    DataFile.open(path, {
      read: (line) => void kept.set(line.split('=')[0] ?? '', line),
      lines: () => kept.values(),
      size: () => kept.size,
      compactAfter,
    });

  test('is rewritten when it has grown, and nothing is lost meanwhile', async () => {
    const path = await dataPath();
    const kept = new Map<string, string>();
    const file = await open(path, kept, 50);
    let written = 0;
    for (let round = 0; round < 400; round++) {
      for (let key = 0; key < 5; key++) {
        const line = `${key}=${round}`;
        kept.set(String(key), line);
        file.append(line);
        written += 1;
      }
      if (round % 7 === 0) await file.flushed();
    }
    await file.close();
    const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
    expect(lines.length).toBeLessThan(written / 2);
    const again = new Map<string, string>();
    await (await open(path, again, 50)).close();
    expect([...again].sort()).toEqual([...kept].sort());
  });

  test('goes on as it is once it has another name, under which it would stay as it was', async () => {
    const path = await dataPath();
    const file = await open(path, new Map(), 10);
    await link(path, `${path}.copy`);
    for (let at = 0; at < 50; at++) file.append(`0=${at}`);
    await file.flushed();
    for (let at = 50; at < 100; at++) file.append(`0=${at}`);
    await file.close();
    expect(await readFile(`${path}.copy`, 'utf8')).toBe(await readFile(path, 'utf8'));
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(101);
  });

  test('lines that come in during a sync share the next one', async () => {
    const file = await open(await dataPath(), new Map(), 1e9);
    const flushes = Array.from({ length: 1000 }, (_, at) => {
      file.append(`${at}=x`);
      return file.flushed();
    });
    // One that began at once, and one for all that came in meanwhile.
    expect(new Set(flushes).size).toBeLessThanOrEqual(2);
    await Promise.all(flushes);
    await file.close();
  });

  test('once writing has failed, nothing more is acknowledged', async () => {
    const file = await open(await dataPath(), new Map(), 1e9);
    await file.close();
    file.append('1=x');
    await expect(file.flushed()).rejects.toThrow();
    file.append('2=x');
    await expect(file.flushed()).rejects.toThrow();
  });
});
