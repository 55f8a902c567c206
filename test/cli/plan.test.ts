import { describe, expect, test } from 'vitest';
import { sealEntry } from '../../src/entry/seal-entry.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { sealValue } from '../../src/value/sealed-value.js';
import { KEY, OTHER_KEY } from '../emulator/local-vault.js';
import { atVault, DOMAIN, entryOf, expectNoSecretIn, ndjson, refOf } from './at-vault.js';

describe('credseal plan', () => {
  test('says what to create, what to update and in which fields, what to delete, and counts the rest', async () => {
    const { credseal, list } = await atVault({
      current: ['same', 'other', 'extra'].map((name) => entryOf(name)),
    });
    const before = await list();
    const stdin = ndjson([
      entryOf('same'),
      entryOf('other', { password: 'QZXJWVKY new', user_alias: 'QZXJWVKY' }),
      entryOf('new'),
    ]);
    const { code, stdout, stderr } = await credseal(['plan', '--prune'], { stdin });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      [
        `+ create  new, ${DOMAIN}`,
        `~ update  other, ${DOMAIN}: password, user_alias`,
        `- delete  extra, ${DOMAIN}`,
        '= 1 unchanged',
        '',
      ].join('\n'),
    );
    expectNoSecretIn(stdout);
    expect(await list()).toEqual(before);
  });

  test.each([
    ['one entry', JSON.stringify(entryOf('a'))],
    ['an array', JSON.stringify([entryOf('a')])],
    ['NDJSON', ndjson([entryOf('a')])],
    ['an entry sealed under the current key', ndjson([sealEntry(entryOf('a'), KEY)])],
    ['an entry sealed under a previous key', ndjson([sealEntry(entryOf('a'), OTHER_KEY)])],
    [
      'other ways of writing the same',
      ndjson([entryOf('a', { tfa_secret: 'jbsw y3dp ehpk 3pxp jbsw y3dp ee' })]),
    ],
  ])('nothing is to be done: 0, with --check too (%s)', async (_, stdin) => {
    const { credseal } = await atVault({ current: [entryOf('a')] });
    expect(await credseal(['plan', '--check', '--prune'], { stdin })).toEqual({
      code: 0,
      stdout: '= 1 unchanged\n',
      stderr: '',
    });
  });

  test('--check: 1 if anything is to be done, or cannot be compared; without it 0', async () => {
    const { credseal } = await atVault({ current: [entryOf('a')], previous: [entryOf('b')] });
    const inputs = [
      ndjson([entryOf('c')]),
      ndjson([entryOf('a', { password: 'new' })]),
      ndjson([{ ...refOf('a'), user_name: null }]),
    ];
    for (const stdin of inputs) {
      expect((await credseal(['plan', '--check'], { stdin })).code).toBe(1);
      expect((await credseal(['plan'], { stdin })).code).toBe(0);
    }
    const stdin = ndjson([entryOf('a')]);
    expect((await credseal(['plan', '--check'], { stdin })).code).toBe(0);
    expect((await credseal(['plan', '--check', '--prune'], { stdin })).code).toBe(1);

    const env = { CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: '' };
    const strange = await credseal(['plan', '--check'], { stdin: ndjson([entryOf('b')]), env });
    expect(strange.stdout).toMatch(/^! cannot be compared {2}b, \S+: .*user_name/);
    expect(strange.code).toBe(1);
    expectNoSecretIn(strange.stdout);
  });

  test('--format json is the plan as one document, without a value', async () => {
    const { credseal } = await atVault({ current: [entryOf('other'), entryOf('extra')] });
    const stdin = ndjson([entryOf('other', { password: 'new' }), entryOf('new')]);
    const { stdout } = await credseal(['plan', '--prune', '--format', 'json'], { stdin });
    expect(JSON.parse(stdout)).toEqual({
      create: [refOf('new')],
      update: [{ ...refOf('other'), fields: ['password'] }],
      delete: [refOf('extra')],
      unchanged: 0,
      incomparable: [],
    });
    expectNoSecretIn(stdout);
  });

  test('an empty document with --prune would delete everything, and says so; an empty file is no document', async () => {
    const { credseal } = await atVault({ current: [entryOf('a')] });
    expect((await credseal(['plan', '--prune'], { stdin: '[]' })).stdout).toContain('- delete  a');
    const nothing = await credseal(['plan', '--prune'], { stdin: '' });
    expect(nothing).toMatchObject({ code: 4, stdout: '' });
  });

  test('what a terminal would obey is not sent to one', async () => {
    const { credseal } = await atVault();
    const stdin = ndjson([{ ...entryOf('a'), permissioned_user_id: 'a\u001b[2J' }]);
    expect((await credseal(['plan'], { stdin })).stdout).not.toContain('\u001b');
  });

  test.each<[string, unknown, number]>([
    ['a misspelt field', { ...entryOf('b'), passwrod: 'QZXJWVKY' }, 4],
    ['a credential sealed under another key', sealEntry(entryOf('b'), VaultKey.generate()), 5],
    ['a credential sealed, another plain', { ...entryOf('b'), password: sealValue('QZXJWVKY', KEY) }, 4],
    ['no name', { domain: DOMAIN, password: 'QZXJWVKY' }, 4],
    ['an entry twice', entryOf('a'), 4],
    ['what is no entry', ['QZXJWVKY'], 4],
  ])('an entry that is refused makes no plan, and is named by its place (%s)', async (_, bad, exitCode) => {
    const { credseal } = await atVault({ current: [entryOf('a')] });
    const stdin = ndjson([entryOf('a'), bad]);
    for (const words of [
      ['plan', '--prune'],
      ['apply', '--prune', '--max-deletes', '9', '--yes'],
    ]) {
      const { code, stdout, stderr } = await credseal(words, { stdin });
      expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
      expect(stderr).toMatch(/line 2: /);
      expectNoSecretIn(stderr);
    }
  });

  test.each([
    ['broken JSON', '{"permissioned_user_id":"a"}\n{"password": QZXJWVKY}\n'],
    ['another encoding', Buffer.from('{"password":"QZXJWVKY é"}', 'latin1')],
  ])('a document that cannot be read: 4, and nothing is planned (%s)', async (_, stdin) => {
    const { credseal } = await atVault();
    const { code, stdout, stderr } = await credseal(['plan'], { stdin });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expectNoSecretIn(stderr);
  });

  test('--allow-unknown lets a field through; --pad-to takes part', async () => {
    const { credseal } = await atVault({ current: [entryOf('a')], allowUnknown: ['new_field'] });
    const stdin = ndjson([{ ...entryOf('a'), new_field: 1 }]);
    expect((await credseal(['plan'], { stdin })).code).toBe(4);
    const args = ['--allow-unknown', 'new_field', '--pad-to', '64'];
    expect((await credseal(['plan', ...args], { stdin })).stdout).toContain('~ update  a');
    expect((await credseal(['apply', '--yes', ...args], { stdin })).code).toBe(0);
    expect((await credseal(['plan', '--check', ...args], { stdin })).code).toBe(0);
  });
});
