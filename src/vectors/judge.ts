import { isObject } from '../inspection.js';
import { type Case, casesOf, type VectorFiles } from './cases.js';
import type { VectorCounts, VectorDisagreement, VectorFileReport, VectorReport } from './report.js';

/** What everybody has to be able to do. */
const REQUIRED = 'open';

/** Lists whose order is nobody's business. */
const UNORDERED = ['issues', 'findings'];

/**
 * Holds answers against vectors: for implementations that are asked elsewhere, such as in another process.
 *
 * @param files the documents that {@link vectorRequests} made the requests of.
 * @param answers by the `id` of the request; one that is missing is a disagreement.
 * @example const { ok, disagreements } = judgeAnswers(files, answers);
 */
export function judgeAnswers(files: VectorFiles, answers: ReadonlyMap<number, unknown>): VectorReport {
  const { cases, problems } = casesOf(files);
  const answered = new Set<string>();
  for (const { request } of cases) {
    if (!isUnsupported(answers.get(request.id))) answered.add(request.method);
  }
  if (!answered.has(REQUIRED) && cases.some(({ request }) => request.method === REQUIRED))
    problems.push(`This implementation does not answer "${REQUIRED}", which every one must.`);

  const disagreements: VectorDisagreement[] = [];
  const tally = new Tally();
  for (const each of cases) {
    const { file, test, request, expected } = each;
    const got = answers.get(request.id);
    // A method is there or it is not: one that is there for some tests only is wrong for the others.
    if (isUnsupported(got) && !answered.has(request.method)) tally.add(each, 'unsupported');
    else if (agrees(each, got)) tally.add(each, 'agree');
    else {
      tally.add(each, 'disagree');
      const { tcId, comment, flags } = test;
      disagreements.push({ file, tcId, comment, flags, method: request.method, expected, got });
    }
  }
  return {
    ok: disagreements.length === 0 && problems.length === 0,
    files: tally.files(),
    disagreements,
    problems,
  };
}

const isUnsupported = (answer: unknown) => isObject(answer) && answer.unsupported === true;

function agrees({ expected, compared }: Case, got: unknown): boolean {
  return (
    isObject(got) &&
    compared.every((name) => {
      // A member that is not there may be null as well.
      const [should, is] = [expected[name] ?? undefined, got[name] ?? undefined];
      return UNORDERED.includes(name) ? isSameList(should, is) : isSame(should, is);
    })
  );
}

/** Compares as deep as the expected value goes, however deep the other one is. */
function isSame(expected: unknown, got: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((each, index) => isSame(each, got[index]))
    );
  }
  if (!isObject(expected)) return expected === got;
  const names = Object.keys(expected);
  return (
    isObject(got) &&
    Object.keys(got).length === names.length &&
    names.every((name) => Object.hasOwn(got, name) && isSame(expected[name], got[name]))
  );
}

function isSameList(expected: unknown, got: unknown): boolean {
  if (!Array.isArray(expected) || !Array.isArray(got) || got.length !== expected.length) return false;
  const rest = [...got];
  return expected.every((each) => {
    const at = rest.findIndex((other) => isSame(each, other));
    if (at !== -1) rest.splice(at, 1);
    return at !== -1;
  });
}

type Outcome = 'agree' | 'disagree' | 'unsupported';
const WEIGHT: readonly Outcome[] = ['unsupported', 'agree', 'disagree'];

/** Counts tests: one that is asked of several methods disagrees if one of them does. */
class Tally {
  readonly #files = new Map<string, Map<Case['test'], Outcome>>();

  add({ test, file }: Case, outcome: Outcome): void {
    const tests = this.#files.get(file) ?? new Map<Case['test'], Outcome>();
    this.#files.set(file, tests);
    const before = tests.get(test) ?? 'unsupported';
    tests.set(test, WEIGHT.indexOf(outcome) > WEIGHT.indexOf(before) ? outcome : before);
  }

  files(): VectorFileReport[] {
    return Array.from(this.#files, ([file, tests]) => {
      const all = Array.from(tests, ([test, outcome]) => ({ test, outcome }));
      const names = [...new Set(all.flatMap(({ test }) => test.flags))].sort();
      const flags = names.map((flag) => [flag, counts(all.filter(({ test }) => test.flags.includes(flag)))]);
      const valid = all.filter(({ test }) => test.result === 'valid').length;
      return {
        file,
        valid,
        invalid: all.length - valid,
        ...counts(all),
        flags: Object.fromEntries(flags),
      };
    });
  }
}

function counts(all: readonly { readonly outcome: Outcome }[]): VectorCounts {
  const count = (which: Outcome) => all.filter(({ outcome }) => outcome === which).length;
  return {
    tests: all.length,
    agree: count('agree'),
    disagree: count('disagree'),
    unsupported: count('unsupported'),
  };
}
