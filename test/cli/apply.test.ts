import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openValue, sealValue } from '../../src/value/sealed-value.js';
import { checkManifest, makeManifest } from '../../src/vault/index.js';
import { KEY } from '../emulator/local-vault.js';
import { atVault, DOMAIN, entryOf, expectNoSecretIn, jsonLines, ndjson, refOf } from './at-vault.js';

const three = () => ({ current: ['same', 'other', 'extra'].map((name) => entryOf(name)) });
const DESIRED = ndjson([entryOf('same'), entryOf('other', { password: 'QZXJWVKY new' }), entryOf('new')]);
const namesOf = (entries: readonly Record<string, unknown>[]) =>
  entries.map(({ permissioned_user_id: name }) => name);

describe('credseal apply', () => {
  test('shows the plan, does it, and exits with 0; then there is nothing left to do', async () => {
    const { credseal, stored, list } = await atVault(three());
    const args = ['apply', '--prune', '--max-deletes', '1', '--yes'];
    const { code, stdout, stderr } = await credseal(args, { stdin: DESIRED });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toBe(
      [
        `+ create  new, ${DOMAIN}`,
        `~ update  other, ${DOMAIN}: password`,
        `- delete  extra, ${DOMAIN}`,
        '= 1 unchanged',
        '3 of 3 steps are over.',
        '',
      ].join('\n'),
    );
    expect(namesOf(await list())).toEqual(['same', 'other', 'new']);
    expect(openValue(String((await stored('other')).password), KEY)).toBe('QZXJWVKY new');
    expectNoSecretIn(stderr);
    expect((await credseal(['plan', '--prune', '--check'], { stdin: DESIRED })).code).toBe(0);
    expect(await credseal(args, { stdin: DESIRED })).toMatchObject({ code: 0, stdout: '' });
  });

  test('without a terminal and without --yes: 2, and nothing is done; with nothing to do nobody is asked', async () => {
    const { credseal, list } = await atVault(three());
    const before = await list();
    const { code, stderr } = await credseal(['apply'], { stdin: DESIRED });
    expect(code).toBe(2);
    expect(stderr).toMatch(/credseal: .*give --yes\. See credseal apply --help\.\n$/);
    expect(await list()).toEqual(before);
    expect((await credseal(['apply'], { stdin: ndjson([entryOf('same')]) })).code).toBe(0);
  });

  test.each([
    [['--prune', '--yes'], 0],
    [['--prune', '--yes', '--max-deletes', '1'], 1],
  ])('more deletes than --max-deletes: nothing at all is done: 1 (%j)', async (args, most) => {
    const { credseal, list } = await atVault(three());
    const before = await list();
    const { code, stderr } = await credseal(['apply', ...args], { stdin: ndjson([entryOf('new')]) });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`The plan deletes 3 entries, more than --max-deletes ${most}: nothing is done\\.\n$`),
    );
    expect(await list()).toEqual(before);
  });

  test('--format json: a line for each step', async () => {
    const { credseal } = await atVault(three());
    const args = ['apply', '--prune', '--max-deletes', '1', '--yes', '--format', 'json', '-q'];
    const { code, stdout, stderr } = await credseal(args, { stdin: DESIRED });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toEqual([
      { ...refOf('new'), operation: 'create', outcome: 'done' },
      { ...refOf('other'), operation: 'update', outcome: 'done' },
      { ...refOf('extra'), operation: 'delete', outcome: 'done' },
    ]);
    expectNoSecretIn(stdout);
  });

  test('an entry that was changed since the plan is named and left alone, and nothing is deleted: 1', async () => {
    let lists = 0;
    const found = await atVault({
      ...three(),
      // Right behind the list, on which the plan stands.
      onAnswer: ({ method, path }) => {
        if (method !== 'GET' || path !== '/vault' || ++lists > 1) return;
        changed = found.raw('PUT', '/vault', {
          ...refOf('other'),
          password: sealValue('QZXJWVKY theirs', KEY),
        });
      },
      faults: ({ method, path }) => (path === '/vault' && method === 'POST' ? { latency: 200 } : {}),
    });
    let changed: Promise<unknown> | undefined;
    const args = ['apply', '--prune', '--max-deletes', '1', '--yes'];
    const { code, stderr } = await found.credseal(args, { stdin: DESIRED });
    await changed;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^other, \S+: update changed\. It was changed since the plan was made/m);
    expect(stderr).toMatch(/^extra, \S+: delete failed\. Not deleted/m);
    expect(stderr).toMatch(/3 of 3 steps are over, not all of them well\.\n$/);
    expect(openValue(String((await found.stored('other')).password), KEY)).toBe('QZXJWVKY theirs');
    expect(namesOf(await found.list())).toContain('extra');
    expectNoSecretIn(stderr);
  });

  test('what cannot be compared is named, left alone, and ends with 1; the rest is done', async () => {
    const { credseal, stored } = await atVault({ current: [entryOf('a')], previous: [entryOf('b')] });
    const before = await stored('b');
    const env = { CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: '' };
    const stdin = ndjson([entryOf('a', { user_alias: 'A' }), entryOf('b', { user_alias: 'B' })]);
    const { code, stderr } = await credseal(['apply', '--yes'], { stdin, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^! cannot be compared {2}b, /m);
    expect(await stored('b')).toEqual(before);
    expect((await stored('a')).user_alias).toBe('A');
  });

  test('a step that fails is named: 1, and the others are done', async () => {
    const { credseal, list } = await atVault({
      faults: ({ method, count }) => (method === 'POST' && count === 2 ? { status: 500 } : {}),
    });
    const stdin = ndjson([entryOf('a'), entryOf('b'), entryOf('c')]);
    const args = ['apply', '--yes', '--retries', '0', '--concurrency', '1'];
    const { code, stderr } = await credseal(args, { stdin });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^a, \S+: create failed\. The vault answers 500; given up after 1 attempt\.$/m);
    expect(namesOf(await list())).toEqual(['b', 'c']);
    expect((await credseal(args, { stdin })).code).toBe(0);
  });

  test('--journal may be used again and again', async () => {
    const { credseal, file } = await atVault(three());
    const args = ['apply', '--yes', '--journal', 'j'];
    expect((await credseal(args, { stdin: DESIRED })).code).toBe(0);
    expect(await file('j')).toMatch(/^\{"kind":.*\}\n([0-9a-f]{32}\n){2}$/);
    expect((await credseal(args, { stdin: DESIRED })).code).toBe(0);
    expectNoSecretIn(await file('j'));
  });

  test('--manifest and --manifest-out: the vault is held against the one, and the other names it', async () => {
    const { credseal, write, file, list } = await atVault(three());
    await write('old', await makeManifest((await list()) as never, KEY));
    const args = ['apply', '--yes', '--manifest', 'old', '--manifest-out', 'new'];
    expect((await credseal(args, { stdin: DESIRED })).code).toBe(0);
    const last = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
    expect(last(await file('new')).previous).toBe(last(await file('old')).mac);
    expect(await checkManifest((await list()) as never, await file('new'), KEY)).toMatchObject({ ok: true });
    // The vault is not as the old one says any more.
    const again = await credseal(['apply', '--yes', '--manifest', 'old'], { stdin: ndjson([entryOf('x')]) });
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/The vault is not as --manifest says: nothing is done/);
    expect(namesOf(await list())).not.toContain('x');
  });

  test('a journal vouches under the manifest of its run alone: what an earlier run wrote is no way back', async () => {
    const { credseal, write, list, raw } = await atVault(three());
    await write('m0', await makeManifest((await list()) as never, KEY));
    const run = (count: number, entries: readonly object[], ...more: string[]) => {
      const manifests = ['--manifest', `m${count}`, '--manifest-out', `m${count + 1}`, '--journal', 'j'];
      return credseal(['apply', '--yes', '-q', ...manifests, ...more], { stdin: ndjson(entries) });
    };
    const rest = [entryOf('same'), entryOf('extra')];
    expect((await run(0, [...rest, entryOf('other', { password: 'QZXJWVKY 1' })])).code).toBe(0);
    const old = (await list()).find(({ permissioned_user_id: name }) => name === 'other');
    const pruned = await run(1, [rest[0] as object], '--prune', '--max-deletes', '2');
    expect(pruned.code).toBe(0);
    expect((await run(2, [...rest, entryOf('other', { password: 'QZXJWVKY 2' })])).code).toBe(0);

    // Somebody takes an entry away that a run has deleted once, or brings back what one has written once.
    expect((await raw('DELETE', '/vault', refOf('extra'))).status).toBe(200);
    const removed = await run(3, [entryOf('same')]);
    expect(removed.stderr).toMatch(/The entry of extra at .* is in the manifest, and not there/);
    expect(removed.code).toBe(1);
    expect((await run(2, rest)).code).toBe(0);
    await raw('PUT', '/vault', { ...refOf('other'), password: old?.password });
    const replaced = await run(3, [entryOf('same')]);
    expect(replaced.stderr).toMatch(/The entry of other at .* is another than in the manifest/);
    expect(replaced.code).toBe(1);
  });

  test('with a plan that is not wanted, no manifest is written', async () => {
    const { credseal, folder } = await atVault(three());
    const { code } = await credseal(['apply', '--manifest-out', 'new'], { stdin: DESIRED });
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  test.each([
    ['--max-deletes', '-1'],
    ['--max-deletes', 'QZXJWVKY'],
    ['--concurrency', '0'],
    ['--pad-to', '0'],
    ['--purne'],
    ['a', 'QZXJWVKY'],
    ['same', '--journal', 'same'],
  ])('an option that is none: 2 (%s)', async (...args) => {
    const { credseal, list } = await atVault(three());
    const { code, stdout, stderr } = await credseal(['apply', '--yes', ...args], { stdin: DESIRED });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expectNoSecretIn(stderr);
    expect(await list()).toHaveLength(3);
  });
});
