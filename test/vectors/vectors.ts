import { readdirSync, readFileSync } from 'node:fs';
import type { VectorDocument } from '../../src/vectors/index.js';

export const FOLDER = new URL('../../vectors/', import.meta.url);

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** The text of a file of vectors. */
export const textOf = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

/** Every document of vectors by its file's name. */
export const documents: Readonly<Record<string, VectorDocument>> = Object.fromEntries(
  names.map((name) => [name, JSON.parse(textOf(name))]),
);

/** All tests of a document. */
export const testsOf = ({ testGroups }: VectorDocument) => testGroups.flatMap(({ tests }) => tests);
