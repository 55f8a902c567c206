import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** What each file of src imports from src: types, and what is loaded later, included. */
const imports = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const found = readFileSync(join(SRC, file), 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)\.js'/g);
      return [file, [...found].map(([, path = '']) => normalize(join(dirname(file), `${path}.ts`)))];
    }),
);

/** The folders of src from the ground up, before them the files beside them. */
const FOLDERS = [
  '',
  'file',
  'key',
  'totp',
  'value',
  'entry',
  'references',
  'key-file',
  'request',
  'preflight',
].concat(['handoff', 'form', 'vault', 'bulk', 'emulator', 'vectors', 'queue', 'bullmq', 'pg-boss', 'cli']);
const levelOf = (file: string) => FOLDERS.indexOf(file.includes(sep) ? (file.split(sep)[0] ?? '') : '');

test('every import is found, and every folder has its place', () => {
  for (const [file, imported] of imports) {
    expect(levelOf(file), file).not.toBe(-1);
    for (const path of imported) expect(imports.has(path), `${file} imports ${path}`).toBe(true);
  }
});

test('imports point one way: a folder knows those below it', () => {
  const upward = [...imports].flatMap(([file, imported]) =>
    imported.filter((path) => levelOf(path) > levelOf(file)).map((path) => `${file} imports ${path}`),
  );
  expect(upward.filter((line) => !line.startsWith('index.ts '))).toEqual([]);
});

test('no file imports itself by way of others', () => {
  const done = new Set<string>();
  function circleFrom(file: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = circleFrom(next, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  }
  expect([...imports.keys()].flatMap((file) => circleFrom(file, []) ?? [])).toEqual([]);
});

test('an engine of queues is loaded where it is asked for, and nowhere else', () => {
  const loading = [...imports.keys()].filter((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    return (
      [
        ...text.matchAll(
          /^(?:import|export)(?! type)[^;]*? from '(?:bullmq|pg-boss)';|import\('(?:bullmq|pg-boss)'\)/gm,
        ),
      ].length > 0
    );
  });
  const expected = ['bullmq/vault-processor.ts', 'cli/tasks/bullmq.ts', 'cli/tasks/pg-boss.ts'];
  expect(loading.map((file) => file.replaceAll(sep, '/')).sort()).toEqual(expected);
  const within = [...imports].flatMap(([file, imported]) =>
    imported.filter((path) => /^(?:bullmq|pg-boss)/.test(path)).map(() => file.split(sep)[0]),
  );
  expect([...new Set(within)].sort()).toEqual(['bullmq', 'cli', 'pg-boss']);
});
