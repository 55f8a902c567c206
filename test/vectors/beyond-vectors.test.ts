import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerRequest, judgeAnswers, type VectorRequest, vectorRequests } from '../../src/vectors/index.js';
import { intervalTexts } from '../entry/interval-strings.js';
import { rounds } from '../rounds.js';
import { pythonAnswers } from './python.js';
import { documents, testsOf } from './vectors.js';

// What no vector holds: the two implementations, which share neither code nor libraries, are asked about texts and
// entries that are pieced together out of those of the vectors, and have to say the same of all of them.

const SEED = 20261124;
const KEY = '0123456789abcdef'.repeat(4);
const PREVIOUS = 'fedcba9876543210'.repeat(4);
const IVS = Object.fromEntries(
  ['user_name', 'password', 'tfa_secret', 'proxy_value'].map((name, at) => [name, `0${at}`.repeat(12)]),
);

/** Everything that is given under a name in a file of vectors, a list in its parts. */
function given(file: string, member: string): unknown[] {
  const document = documents[file];
  if (document === undefined) throw new Error(`There is no ${file}.`);
  return testsOf(document).flatMap((each) => (member in each ? each[member] : []));
}
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textsOf = (file: string, member: string) =>
  given(file, member).filter((value) => typeof value === 'string' && value.length < 1000) as string[];

const PIECES = [...' -:.10dPT/@[]%+=a', 'ago', '\u00a0', '\u200b', '\u0130', '\ud800'];

/** Texts that begin like one and end like another, and texts with a character more or less. */
function spliced(texts: readonly string[]): fc.Arbitrary<string> {
  const text = fc.constantFrom(...texts);
  return fc
    .tuple(text, text, fc.nat(), fc.nat(), fc.constantFrom(...PIECES), fc.nat(3))
    .map(([one, other, first, second, piece, how]) => {
      const at = first % (one.length + 1);
      if (how === 0) return one.slice(0, at) + other.slice(second % (other.length + 1));
      if (how === 1) return one.slice(0, at) + piece + one.slice(at);
      if (how === 2) return one.slice(0, at) + one.slice(at + 1);
      return one + piece + other;
    });
}

const intervals = textsOf('intervals.json', 'interval');
const domains = textsOf('domains.json', 'domain');
const sealed = [...textsOf('sealed-values.json', 'sealed'), ...textsOf('malformed-values.json', 'sealed')];

const entries = [
  ...given('entries.json', 'entry'),
  ...given('entries.json', 'sealedEntry'),
  ...given('preflight.json', 'payload'),
].filter(isObject);
const names = [...new Set(entries.flatMap((entry) => Object.keys(entry)))];
const values = entries.flatMap((entry) => Object.values(entry));

/** Entries with some fields of others, or with what belongs in another field. */
/**
 * A label that is read both from the left and from the right is none to IDNA, which not every runtime's `URL` says: no
 * vector has one, and none is pieced together.
 */
const piecedDomain = spliced(domains).filter(
  (text) => !/[\u0590-\u08ff][^./]*[a-z]|[a-z][^./]*[\u0590-\u08ff]/i.test(text),
);

const mixed = fc
  .tuple(
    fc.constantFrom(...entries),
    fc.constantFrom(...entries),
    fc.array(
      fc.tuple(
        fc.constantFrom(...names),
        fc.oneof(fc.constantFrom(...values, null, true, 0, '', [], {}), piecedDomain, spliced(intervals)),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([entry, other, changes]) => ({
    ...entry,
    ...Object.fromEntries(
      changes.map(([name, value]) => [name, Object.hasOwn(other, name) ? other[name] : value]),
    ),
  }));

const operation = fc.constantFrom('create', 'update');
const keys = fc.constantFrom<unknown>([KEY], [KEY, PREVIOUS], 'none');
const payload = fc.oneof(mixed, fc.array(mixed, { maxLength: 4 }));

const requests: Readonly<Record<string, fc.Arbitrary<VectorRequest>>> = {
  open: spliced(sealed).map((text) => ({ method: 'open', key: KEY, sealed: text })),
  parseTotp: spliced(textsOf('totp-secrets.json', 'secret')).map((secret) => ({
    method: 'parseTotp',
    secret,
  })),
  parseMigration: spliced(textsOf('totp-secrets.json', 'uri')).map((uri) => ({
    method: 'parseMigration',
    uri,
  })),
  parseInterval: spliced(intervals).map((interval) => ({ method: 'parseInterval', interval })),
  checkDomain: piecedDomain.map((domain) => ({ method: 'checkDomain', domain })),
  sealEntry: fc
    .record({ entry: mixed, operation })
    .map((more) => ({ method: 'sealEntry', key: KEY, ivs: IVS, ...more })),
  openEntry: mixed.map((sealedEntry) => ({ method: 'openEntry', key: KEY, sealedEntry })),
  preflight: fc.record({ payload, operation, keys }).map((more) => ({ method: 'preflight', ...more })),
};

/** Vectors of what this build answers. */
async function documentOf(method: string, asked: readonly VectorRequest[]) {
  const tests = [];
  for (const [at, { method: _, ...members }] of asked.entries()) {
    const { error, ...answer } = await answerRequest({ method, ...members });
    const result = error === undefined ? { result: 'valid' } : { result: 'invalid', code: error };
    tests.push({ tcId: at + 1, comment: method, flags: ['Pieced'], ...members, ...answer, ...result });
  }
  return { testGroups: [{ type: method, methods: [method], tests }] };
}

/** Asks Python what this build has answered, and counts what it accepted and what it refused. */
async function compare(method: string, asked: readonly VectorRequest[]) {
  const files = { [method]: await documentOf(method, asked) };
  const report = judgeAnswers(files, pythonAnswers(vectorRequests(files)));
  expect(report).toMatchObject({ ok: true, disagreements: [] });
  return report.files[0];
}

test.each(Object.entries(requests))('%s', async (method, request) => {
  const asked = fc.sample(request, { numRuns: 400, seed: SEED });
  const counts = await compare(method, asked);
  expect(counts).toMatchObject({ tests: 400, agree: 400 });
  // Both say yes at times, and both no: a test of nothing but refusals would prove little.
  expect(Math.min(counts?.valid ?? 0, counts?.invalid ?? 0)).toBeGreaterThan(0);
});

const COUNT = rounds(300, 1000);
test('parseInterval, of texts in the grammar of PostgreSQL', async () => {
  const asked = intervalTexts(SEED, COUNT).map((interval) => ({ method: 'parseInterval', interval }));
  const counts = await compare('parseInterval', asked);
  expect(counts).toMatchObject({ tests: COUNT, agree: COUNT });
});
