import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installPackage, type Project } from './installed-package.js';

// Beside the repository, where it is there at all: the contract is not part of the package.
const CONTRACT = new URL('../../../shared/contract/bulk.ts', import.meta.url);

const CONSUMER = `
  import { KeyRing, VaultKey, type OpenedEntry, type StoredEntry, type VaultEntry } from 'credseal';
  import { openEntries, preflightEntries, readNdjson, rotateEntries, sealEntries, writeNdjson, type BulkItem } from 'credseal/bulk';
  const ring = new KeyRing(VaultKey.generate());
  declare const file: Blob;
  export const sealed = file.stream().pipeThrough(readNdjson<VaultEntry>()).pipeThrough(sealEntries(ring, { padTo: 64 }));
  export const checked = sealed.pipeThrough(preflightEntries(ring)).pipeThrough(writeNdjson({ onFailure: ({ line, error }) => void [line, error.code] }));
  export const opened: ReadableStream<BulkItem<OpenedEntry>> = file.stream().pipeThrough(readNdjson<StoredEntry>()).pipeThrough(rotateEntries(ring)).pipeThrough(openEntries(ring));
  export const untyped = file.stream().pipeThrough(readNdjson()).pipeThrough(sealEntries(ring)).pipeThrough(writeNdjson());
`;

/** Runs in Node with no built-in module at hand but by name: what it uses are the globals that every runtime has. */
const ROUND_TRIP = `
  import { VaultKey } from 'credseal';
  import { openEntries, readNdjson, sealEntries, writeNdjson } from 'credseal/bulk';
  const key = VaultKey.fromHex('0123456789abcdef'.repeat(4));
  const lines = '{"permissioned_user_id":"u","domain":"https://example.com","password":"pässword"}\\n';
  const there = new Blob([lines]).stream().pipeThrough(readNdjson()).pipeThrough(sealEntries(key)).pipeThrough(writeNdjson());
  const back = there.pipeThrough(readNdjson()).pipeThrough(openEntries(key)).pipeThrough(writeNdjson());
  console.log((await new Response(back).text()) === lines);
`;

/** Starts the file of the worker threads, as the command line does. */
const WORKER = `
  import { Worker } from 'node:worker_threads';
  const script = new URL('../cli/line-worker.js', import.meta.resolve('credseal/bulk'));
  const worker = new Worker(script, { execArgv: [], workerData: { task: { kind: 'seal', options: {} }, keys: [new Uint8Array(32)] } });
  worker.on('message', (message) => { console.log(message); worker.postMessage('end'); });
`;

let project: Project;
beforeAll(() => {
  project = installPackage();
});
afterAll(() => project?.remove());

describe('credseal/bulk of the packed package', () => {
  const hasContract = existsSync(CONTRACT);
  const name = `compiles the contract${hasContract ? '' : ' (skipped: ../shared is not here)'}`;
  test.skipIf(!hasContract)(name, () => {
    expect(project.compile({ 'bulk.ts': readFileSync(CONTRACT, 'utf8') })).toEqual({ 'bulk.ts': [] });
  });

  test('compiles what a consumer writes, with all libraries checked', () => {
    const options = {
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    };
    expect(project.compile({ 'consumer.ts': CONSUMER }, options)).toEqual({ 'consumer.ts': [] });
  });

  test('has the file of the worker threads', () => {
    expect(project.run(WORKER).trim()).toBe('ready');
  });

  test.each(['node', 'browser', 'workerd'])('runs under the condition %s', (condition) => {
    expect(project.run(ROUND_TRIP, `--conditions=${condition}`).trim()).toBe('true');
  });
});
