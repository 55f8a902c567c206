import { isObject } from '../inspection.js';
import { methods } from './answer.js';
import { isVectorDocument, type VectorTest } from './documents.js';
import type { Method, VectorRequest } from './method.js';

/** Vector documents, each parsed from its JSON, by file name. */
export type VectorFiles = Readonly<Record<string, unknown>>;

/** One question of one test, with the answer that it should get. */
export interface Case {
  readonly file: string;
  readonly test: VectorTest;
  readonly request: VectorRequest & { readonly id: number; readonly method: string };
  /** Members that must be in the answer; of the others that the method could give, none. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** Every member that is compared. */
  readonly compared: readonly string[];
}

/** Every question of these files in their order, numbered from 1; and what cannot be asked. */
export function casesOf(files: VectorFiles): { cases: Case[]; problems: string[] } {
  const cases: Case[] = [];
  const problems: string[] = [];
  for (const [file, document] of Object.entries(isObject(files) ? files : {})) {
    if (!isVectorDocument(document)) {
      problems.push(`${file} is not a document of vectors.`);
      continue;
    }
    for (const group of document.testGroups) {
      for (const name of group.methods) {
        const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
        if (method === undefined) problems.push(`${file} asks for a method that is not known here.`);
        else for (const test of group.tests) cases.push(caseOf(file, test, name, method, cases.length + 1));
      }
    }
  }
  if (cases.length === 0) problems.push('There are no vectors to run.');
  return { cases, problems };
}

function caseOf(file: string, test: VectorTest, name: string, method: Method, id: number): Case {
  const request = { id, method: name, ...pick(test, method.given) };
  const details = method.details ?? [];
  return test.result === 'valid'
    ? { file, test, request, expected: pick(test, method.expected), compared: ['error', ...method.expected] }
    : {
        file,
        test,
        request,
        expected: { error: test.code, ...pick(test, details) },
        compared: ['error', ...details.filter((member) => member in test)],
      };
}

function pick(test: VectorTest, members: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(members.filter((name) => name in test).map((name) => [name, test[name]]));
}
