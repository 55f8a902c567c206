import { describe, expect, test } from 'vitest';
import { answerRequest, judgeAnswers, runVectors, vectorRequests } from '../../src/vectors/index.js';
import { documents, testsOf } from './vectors.js';

/** One test that asks for a method, in a document of its own. */
const documentOf = (methods: string[], ...tests: object[]) => ({
  testGroups: [
    {
      methods,
      tests: tests.map((each, at) => ({
        tcId: at + 1,
        comment: 'c',
        flags: ['F'],
        result: 'valid',
        ...each,
      })),
    },
  ],
});
const KEY = '0123456789abcdef'.repeat(4);
const FINGERPRINT = documentOf(['fingerprint'], { hex: KEY, fingerprint: '0506ba9cf11f46ea' });

describe('this build', () => {
  test.each(Object.keys(documents))('agrees with every test of %s', async (name) => {
    const report = await runVectors({ [name]: documents[name] });
    expect(report.disagreements).toEqual([]);
    expect(report).toMatchObject({ ok: true, problems: [] });
    const tests = testsOf(documents[name] as (typeof documents)[string]);
    const valid = tests.filter(({ result }) => result === 'valid').length;
    expect(report.files).toMatchObject([
      {
        file: name,
        tests: tests.length,
        valid,
        invalid: tests.length - valid,
        agree: tests.length,
        disagree: 0,
        unsupported: 0,
      },
    ]);
  });

  test('says per flag how many tests there are', async () => {
    const { files } = await runVectors(documents);
    for (const { file, flags } of files) {
      const { notes } = documents[file] as (typeof documents)[string];
      expect(Object.keys(flags)).toEqual(Object.keys(notes).sort());
      for (const { tests, agree } of Object.values(flags)) expect([tests > 0, agree]).toEqual([true, tests]);
    }
  });
});

describe('a disagreement', () => {
  test.each<[string, object]>([
    ['another answer', { fingerprint: '0000000000000000' }],
    ['no such member', {}],
    ['an error', { error: 'ERR_KEY_FORMAT' }],
    ['an error beside the right answer', { error: 'ERR_KEY_FORMAT', fingerprint: '0506ba9cf11f46ea' }],
  ])('is %s', async (_, got) => {
    const report = await runVectors({ f: FINGERPRINT }, () => ({ ...got }));
    expect(report.ok).toBe(false);
    expect(report.disagreements).toEqual([
      {
        file: 'f',
        tcId: 1,
        comment: 'c',
        flags: ['F'],
        method: 'fingerprint',
        expected: { fingerprint: '0506ba9cf11f46ea' },
        got,
      },
    ]);
    expect(report.files).toMatchObject([{ disagree: 1, flags: { F: { disagree: 1 } } }]);
  });

  test('is another code, or none, where a test is invalid', async () => {
    const refused = documentOf(['fingerprint'], { hex: 'x', result: 'invalid', code: 'ERR_KEY_FORMAT' });
    expect((await runVectors({ f: refused })).ok).toBe(true);
    expect((await runVectors({ f: refused }, () => ({ error: 'ERR_OTHER' }))).ok).toBe(false);
    expect((await runVectors({ f: refused }, () => ({ fingerprint: '0506ba9cf11f46ea' }))).ok).toBe(false);
  });

  test('is what an implementation throws, by name and without its message', async () => {
    const report = await runVectors({ f: FINGERPRINT }, () => {
      throw new RangeError('0123456789abcdef');
    });
    expect(report.disagreements.map(({ got }) => got)).toEqual([{ threw: 'RangeError' }]);
  });

  test('is an answer that is missing, or is none', () => {
    for (const answer of [undefined, null, 5, 'x', []]) {
      const report = judgeAnswers({ f: FINGERPRINT }, new Map([[1, answer]]));
      expect([report.ok, report.disagreements.length]).toEqual([false, 1]);
    }
    expect(judgeAnswers({ f: FINGERPRINT }, new Map()).disagreements).toMatchObject([{ got: undefined }]);
  });

  test('is not the order of findings, nor null in place of nothing', async () => {
    const findings = [
      { rule: 'a', severity: 'error', path: 'x' },
      { rule: 'b', severity: 'error', path: 'y' },
    ];
    const both = documentOf(['preflight'], { keys: [KEY], payload: {}, findings });
    expect((await runVectors({ f: both }, () => ({ findings: findings.toReversed(), error: null }))).ok).toBe(
      true,
    );
    for (const wrong of [[], [findings[0]], [findings[0], findings[0]], [...findings, findings[0]], {}]) {
      expect((await runVectors({ f: both }, () => ({ findings: wrong }))).ok).toBe(false);
    }
  });

  test('is a test that one of its methods gets wrong, counted once', async () => {
    const document = { ...documents['sealed-values.json'] };
    const wrong = await runVectors({ f: document }, (request) =>
      request.method === 'open' ? { value: 'x' } : answerRequest(request),
    );
    const [counted] = wrong.files;
    expect((counted?.agree ?? 0) + (counted?.disagree ?? 0)).toBe(document.numberOfTests);
  });

  test('however deep an answer is', async () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect((await runVectors({ f: FINGERPRINT }, () => ({ fingerprint: deep }))).ok).toBe(false);
  });
});

describe('a method that an implementation does not have', () => {
  const unsupported = { unsupported: true };

  test('is no disagreement, and counted apart', async () => {
    const report = await runVectors({ f: FINGERPRINT }, () => unsupported);
    expect(report).toMatchObject({ ok: true, files: [{ agree: 0, disagree: 0, unsupported: 1 }] });
  });

  test('is one where it answers other tests of that method', async () => {
    const both = documentOf(
      ['fingerprint'],
      { hex: KEY, fingerprint: '0506ba9cf11f46ea' },
      { hex: 'x', result: 'invalid', code: 'ERR_KEY_FORMAT' },
    );
    const report = await runVectors({ f: both }, (request) =>
      request.hex === 'x' ? unsupported : answerRequest(request),
    );
    expect(report).toMatchObject({ ok: false, files: [{ agree: 1, disagree: 1, unsupported: 0 }] });
  });

  test('must not be the opening of values', async () => {
    const report = await runVectors({ f: documents['malformed-values.json'] }, () => unsupported);
    expect(report.ok).toBe(false);
    expect(report.problems).toEqual([expect.stringContaining('"open"')]);
  });
});

describe('documents that are none', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['an array', []],
    ['text', '{}'],
    ['no groups', {}],
    ['groups that are none', { testGroups: [null] }],
    ['tests that are none', { testGroups: [{ methods: ['open'], tests: [5] }] }],
    [
      'a result that is none',
      { testGroups: [{ methods: ['open'], tests: [{ flags: [], result: 'acceptable' }] }] },
    ],
  ])('are a problem: %s', async (_, document) => {
    const report = await runVectors({ 'x.json': document });
    expect(report).toMatchObject({ ok: false, files: [], disagreements: [] });
    expect(report.problems[0]).toContain('x.json is not a document of vectors');
  });

  test('and so is a method that is not known, and nothing at all', async () => {
    const strange = documentOf(['constructor'], {});
    expect((await runVectors({ f: strange })).problems[0]).toContain('a method that is not known');
    for (const files of [{}, null, undefined, []]) {
      expect(await runVectors(files as never)).toMatchObject({
        ok: false,
        problems: ['There are no vectors to run.'],
      });
    }
  });
});

test('requests have an id from 1, a method, and what a test gives; and nothing of what is expected', () => {
  expect(vectorRequests({ a: FINGERPRINT, b: FINGERPRINT })).toEqual([
    { id: 1, method: 'fingerprint', hex: KEY },
    { id: 2, method: 'fingerprint', hex: KEY },
  ]);
});

test.each([{}, { method: 'banana' }, { method: 'toString' }, { method: 5 }, null, undefined, 'x', []])(
  'a request without a method that is known is unsupported: %j',
  async (request) => {
    expect(await answerRequest(request as never)).toEqual({ unsupported: true });
  },
);
