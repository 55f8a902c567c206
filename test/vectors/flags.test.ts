import { describe, expect, test } from 'vitest';
import { runVectors } from '../../src/vectors/index.js';
import { handoffTokens, opensTokensBy } from './broken/handoff.js';
import type { Bugs } from './broken/implementation.js';
import { keyFiles, unprotectsBy } from './broken/key-files.js';
import { fingerprints, keys } from './broken/keys.js';
import { domains, entries, intervals, preflight } from './broken/settings.js';
import { totpSecrets } from './broken/totp.js';
import { malformedValues, publishedClients, sealedValues } from './broken/values.js';
import { documents } from './vectors.js';

const flagsOf = (name: string) => Object.keys(documents[name]?.notes ?? {});

/** For each flag of each file, an implementation with the bug that it stands for. */
const bugs: Readonly<Record<string, Bugs>> = {
  'domains.json': domains,
  'entries.json': entries(flagsOf('entries.json')),
  'fingerprints.json': fingerprints,
  'handoff-tokens.json': handoffTokens,
  'intervals.json': intervals,
  'key-files.json': keyFiles,
  'keys.json': keys,
  'malformed-values.json': malformedValues,
  'preflight.json': preflight(flagsOf('preflight.json')),
  'published-clients.json': publishedClients,
  'sealed-values.json': sealedValues,
  'totp-secrets.json': totpSecrets,
};

test('there are bugs for every file', () => {
  expect(Object.keys(bugs)).toEqual(Object.keys(documents).sort());
});

test.each([
  ['handoff-tokens.json', opensTokensBy({})],
  ['key-files.json', unprotectsBy({})],
])('the reader that the bugs of %s are put into is right without them', async (name, answer) => {
  const { disagreements } = await runVectors({ [name]: documents[name] }, answer);
  expect(disagreements).toEqual([]);
});

describe.each(Object.entries(bugs))('%s', (name, byFlag) => {
  test('there is a bug for every flag', () => {
    expect(Object.keys(byFlag).sort()).toEqual(flagsOf(name).sort());
  });

  test.each(Object.entries(byFlag))('%s catches one that $what', async (flag, { answer }) => {
    const { ok, files } = await runVectors({ [name]: documents[name] }, answer);
    expect(ok).toBe(false);
    const caught = files[0]?.flags[flag];
    expect(caught?.disagree).toBeGreaterThan(0);
    // And it is no heap of rubble: most implementations are wrong in one place.
    expect(files[0]?.agree).toBeGreaterThan(0);
  });
});
