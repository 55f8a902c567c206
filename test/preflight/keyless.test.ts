import { describe, expect, it } from 'vitest';
import { preflightEntries, pushEntries } from '../../src/bulk/index.js';
import { guardFetch, isSealed, preflight } from '../../src/index.js';
import { assertPreflight } from '../../src/preflight/preflight.js';
import { refusal } from '../refusal.js';
import { changedAt, FOREIGN_KEY, findingsOf, KEY, payload, REF, sealed, sealedRaw } from './payloads.js';
import type { Case } from './rule-case.js';
import { ruleCases } from './rule-cases.js';

const keyless = (given: unknown, operation?: 'update') => findingsOf(given, { keys: 'none', operation });

/** What is at a path such as `[2].password`. */
function valueAt(given: unknown, path: string): unknown {
  const names = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return names.filter(Boolean).reduce((value, name) => Object(value)[name], given);
}

const cases = Object.values(ruleCases).flatMap(({ broken, sound }) => [...broken, ...sound]);
/** What is told of a sealed value from outside: where it stands, and whether it or its IV was there before. */
const OUTSIDE = /: (payload\/.*|credential\/(copied|iv-reused)|totp\/unused-secret|setting\/provider)$/;

/** Whether a finding needs no key: it is about something else than what is inside of a sealed value. */
function needsNoKey(finding: string, { given }: Case): boolean {
  const value = valueAt(given, finding.split(': ')[0] ?? '');
  const isSealedProxy = finding === 'proxy_value: setting/proxy' && Object(given).proxy_setting === 'custom';
  return !isSealed(value) || OUTSIDE.test(finding) || (finding.endsWith('setting/proxy') && !isSealedProxy);
}

describe('without a key', () => {
  it.each(cases.map((each) => [each.what, each] as const))(
    'all is found that is not inside of a sealed value, and nothing else: %s',
    (_, each) => {
      const withKey = findingsOf(each.given, each.options);
      expect(keyless(each.given, each.options.operation)).toEqual(
        withKey.filter((finding) => needsNoKey(finding, each)),
      );
    },
  );

  it.each([
    ['a value under another key', sealed('hunter2', FOREIGN_KEY)],
    ['a changed value', changedAt(sealed('hunter2'), -1)],
    ['no JSON inside', sealedRaw('hunter2')],
    ['a value that is sealed twice', sealed(sealed('hunter2'))],
    ['plain text that happens to be long hex', 'c0ffee5eed'.repeat(8)],
  ])('nothing is said of what only a key can tell: %s', (_, password) => {
    expect(keyless(payload({ password }))).toEqual([]);
    expect(findingsOf(payload({ password }))).toHaveLength(1);
  });

  it('the report says so, and says of every other that credentials were opened', () => {
    expect(preflight(payload(), { keys: 'none' })).toEqual({
      ok: true,
      checked: 1,
      opened: false,
      findings: [],
    });
    expect(preflight([5], { keys: 'none' })).toMatchObject({ ok: false, opened: false });
    for (const given of [payload(), REF, []]) expect(preflight(given, { keys: KEY }).opened).toBe(true);
  });
});

describe("what lets pass only what opens refuses 'none', and says why", () => {
  const none = 'none' as never;
  it.each<[string, () => unknown]>([
    ['assertPreflight', () => assertPreflight(payload(), { keys: none })],
    ['guardFetch', () => guardFetch(fetch, { keys: none })],
    ['pushEntries', () => pushEntries({ apiKey: 'sk_test', keys: none })],
    ['preflightEntries', () => preflightEntries(none)],
  ])('%s', (_, call) => {
    expect(refusal('ERR_KEY_FORMAT', call).message).toMatch(
      /^keys: 'none' is for preflight alone, .*: give a VaultKey/,
    );
  });
});

it.each([
  undefined,
  null,
  '',
  'NONE',
  'None',
  ' none',
  ['none'],
  { keys: 'none' },
  false,
  new String('none'),
])('a key that is missing, or almost the word, never turns into it: %j', (keys) => {
  refusal('ERR_KEY_FORMAT', () => preflight(payload(), { keys: keys as never }));
});
