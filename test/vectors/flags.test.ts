import { describe, expect, test } from 'vitest';
import { runVectors } from '../../src/vectors/index.js';
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
import { documents, testsOf } from './vectors.js';

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
  test.each(cases)('%s catches one that %s', async (flag, _, answer) => {
    const { ok, files } = await runVectors({ [name]: documents[name] }, answer);
    expect(ok).toBe(false);
    const caught = files[0]?.flags[flag];
    expect(caught?.disagree).toBeGreaterThan(0);
    // And it is no heap of rubble: most implementations are wrong in one place.
    expect(files[0]?.agree).toBeGreaterThan(0);
  });
});

test('what is said of key files is so: they open but for one check, and those that cannot are named in the notes', async () => {
  const name = 'key-files.json';
  const opened = new Set<string>();
  for (const { answer } of Object.values(keyFiles).flat()) {
    const { disagreements } = await runVectors({ [name]: documents[name] }, answer);
    for (const { comment, got } of disagreements) if (Object.hasOwn(Object(got), 'keys')) opened.add(comment);
  }
  const refused = testsOf(documents[name] as (typeof documents)[string]).filter(
    ({ result, flags }) => result === 'invalid' && /Algorithm|Iterations|Salt|Header/.test(String(flags)),
  );
  const neverOpened = refused.filter(({ comment }) => !opened.has(comment)).map(({ comment }) => comment);
  expect(neverOpened).toEqual([
    'alg none in the header of another file',
    'alg RSA1_5 in the header of another file',
    'alg RSA-OAEP-256 in the header of another file',
    'alg ECDH-ES+A256KW in the header of another file',
    '2147483647 iterations, of which nobody has the key',
    'no iterations',
  ]);
});
