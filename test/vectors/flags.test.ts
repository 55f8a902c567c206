import { describe, expect, test } from 'vitest';
import { runVectors } from '../../src/vectors/index.js';
import { rounds } from '../rounds.js';
import { entriesBy } from './broken/entries.js';
import { handoffTokens, opensTokensBy } from './broken/handoff.js';
import { type Bugs, opensBy } from './broken/implementation.js';
import { keyFiles, unprotectsBy } from './broken/key-files.js';
import { fingerprints, keys } from './broken/keys.js';
import { manifests, manifestsBy } from './broken/manifests.js';
import { domains, entries, intervals, preflight } from './broken/settings.js';
import { totpSecrets } from './broken/totp.js';
import { readsExportsBy, readsSecretsBy } from './broken/totp-readers.js';
import { malformedValues, publishedClients, sealedValues } from './broken/values.js';
import { documents } from './vectors.js';

/** A run over key files takes many times as long as one over any other. */
const KEY_FILES_EACH = rounds(9, 1);

const flagsOf = (name: string) => Object.keys(documents[name]?.notes ?? {});

/**
 * For each flag of each file, implementations with a bug that it stands for. Where they are made of a reader of their own,
 * that passes without the bug; the others are this build with one thing changed.
 */
const bugs: Readonly<Record<string, Bugs>> = {
  'domains.json': domains,
  'entries.json': entries,
  'fingerprints.json': fingerprints,
  'handoff-tokens.json': handoffTokens,
  'intervals.json': intervals,
  'key-files.json': keyFiles,
  'keys.json': keys,
  'malformed-values.json': malformedValues,
  'manifests.json': manifests,
  'preflight.json': preflight,
  'published-clients.json': publishedClients,
  'sealed-values.json': sealedValues,
  'totp-secrets.json': totpSecrets,
};

test('there are bugs for every file', () => {
  expect(Object.keys(bugs)).toEqual(Object.keys(documents).sort());
});

test.each([
  ['entries.json', entriesBy({})],
  ['handoff-tokens.json', opensTokensBy({})],
  ['key-files.json', unprotectsBy({})],
  ['malformed-values.json', opensBy({})],
  ['manifests.json', manifestsBy({})],
  ['preflight.json', entriesBy({})],
  ['published-clients.json', opensBy({})],
  ['sealed-values.json', opensBy({})],
  ['totp-secrets.json', readsExportsBy({})],
  ['totp-secrets.json', readsSecretsBy({})],
])('the reader that the bugs of %s are put into is right without them', async (name, answer) => {
  const { disagreements } = await runVectors({ [name]: documents[name] }, answer);
  expect(disagreements).toEqual([]);
});

describe.each(Object.entries(bugs))('%s', (name, byFlag) => {
  test('there is a bug for every flag', () => {
    expect(Object.keys(byFlag).sort()).toEqual(flagsOf(name).sort());
  });

  const cases = Object.entries(byFlag).flatMap(([flag, bugsOfFlag]) =>
    [bugsOfFlag].flat().map(({ what, answer }) => [flag, what, answer] as const),
  );
  const each = name === 'key-files.json' ? KEY_FILES_EACH : 1;
  const chosen = cases.filter((_, index) => index % each === 0);
  test.each(chosen)('%s catches one that %s', async (flag, _, answer) => {
    const { ok, files } = await runVectors({ [name]: documents[name] }, answer);
    expect(ok).toBe(false);
    const caught = files[0]?.flags[flag];
    expect(caught?.disagree).toBeGreaterThan(0);
    // And it is no heap of rubble: most implementations are wrong in one place.
    expect(files[0]?.agree).toBeGreaterThan(0);
  });
});
