import { isObject } from '../inspection.js';

/** A file of vectors, parsed: the shape and key names are those of Project Wycheproof. */
export interface VectorDocument {
  /** What the vectors are of. */
  readonly algorithm: string;
  /** The JSON Schema of this document, relative to it. */
  readonly schema: string;
  readonly numberOfTests: number;
  readonly header: readonly string[];
  /** What each flag means. */
  readonly notes: Readonly<Record<string, VectorNote>>;
  readonly testGroups: readonly VectorGroup[];
}

/** What a flag stands for. */
export interface VectorNote {
  readonly bugType: string;
  readonly description: string;
  /** What becomes possible where an implementation gets it wrong. */
  readonly effect?: string;
}

/** Tests that are asked of the same methods. */
export interface VectorGroup {
  readonly type: string;
  /** What to ask of an implementation for each test: `seal`, `open`, … */
  readonly methods: readonly string[];
  readonly tests: readonly VectorTest[];
}

/** One test: what is given and what must come of it, beside the members here. */
export interface VectorTest {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid';
  /** The error code to be refused with, where the result is `invalid`. */
  readonly code?: string;
  readonly [member: string]: unknown;
}

/** Tells a document of vectors from anything else: its frame only, and the schema beside it has the rest. */
export function isVectorDocument(document: unknown): document is VectorDocument {
  return isObject(document) && Array.isArray(document.testGroups) && document.testGroups.every(isGroup);
}

function isGroup(group: unknown): group is VectorGroup {
  return (
    isObject(group) && Array.isArray(group.methods) && Array.isArray(group.tests) && group.tests.every(isTest)
  );
}

function isTest(test: unknown): test is VectorTest {
  return (
    isObject(test) && Array.isArray(test.flags) && (test.result === 'valid' || test.result === 'invalid')
  );
}
