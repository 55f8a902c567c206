import { answerRequest } from './answer.js';
import { type Case, casesOf, type VectorFiles } from './cases.js';
import { judgeAnswers } from './judge.js';
import type { VectorAnswer, VectorRequest } from './method.js';
import type { VectorReport } from './report.js';

/**
 * Every request that these vectors come to, as the protocol of `credseal vectors verify --exec` has them
 * (vectors/README.md), with `id` from 1.
 *
 * @example const lines = vectorRequests(files).map((request) => JSON.stringify(request));
 */
export function vectorRequests(files: VectorFiles): Case['request'][] {
  return casesOf(files).cases.map(({ request }) => request);
}

/**
 * Runs vectors against this build, or against another implementation. It needs no file system and no network: the
 * documents come parsed, from wherever they are (`credseal/vectors/*.json`). Parse them from text: importing them as
 * JSON modules mends lone surrogates on some platforms.
 *
 * @param files the parsed documents by file name.
 * @param answer the implementation; by default this build. What it throws counts as a disagreement.
 * @returns per file and flag how many tests agree, and every disagreement. It throws nothing: a document that is none
 *   is among the `problems`.
 * @example
 * const { ok, disagreements } = await runVectors({ 'keys.json': JSON.parse(text) });
 */
export async function runVectors(
  files: VectorFiles,
  answer: (request: VectorRequest) => VectorAnswer | Promise<VectorAnswer> = answerRequest,
): Promise<VectorReport> {
  const answers = new Map<number, unknown>();
  for (const request of vectorRequests(files)) {
    try {
      answers.set(request.id, await answer(request));
    } catch (error) {
      answers.set(request.id, { threw: error instanceof Error ? error.name : typeof error });
    }
  }
  return judgeAnswers(files, answers);
}
