/**
 * Runs the test vectors against this build or another program.
 *
 * @module credseal/vectors
 */

export { answerRequest } from './answer.js';
export type { VectorFiles } from './cases.js';
export type { VectorDocument, VectorGroup, VectorNote, VectorTest } from './documents.js';
export { judgeAnswers } from './judge.js';
export type { VectorAnswer, VectorRequest } from './method.js';
export type { VectorCounts, VectorDisagreement, VectorFileReport, VectorReport } from './report.js';
export { runVectors, vectorRequests } from './run-vectors.js';
