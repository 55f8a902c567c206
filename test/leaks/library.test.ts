import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as library from '../../src/index.js';
import { rounds } from '../rounds.js';
import { type Call, calls } from './calls.js';
import { API_KEY } from './marked-entry.js';
import { everythingShown, MARKED_KEY, MARKER, ODD_MARKER, tracesOf } from './marker.js';
import { pathsOf, replaced } from './paths.js';
import { meets, wrongTexts, wrongTypes } from './slips.js';

const { CredsealError } = library;
const table = Object.entries(calls);
const slips = [...wrongTypes(), ...wrongTexts()];

/** Every function, method and getter that a user of the library can reach. */
function publicNames(): string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(library)) {
    if (typeof value !== 'function') {
      names.push(`${name}.validate`);
      continue;
    }
    if (!Function.prototype.toString.call(value).startsWith('class')) {
      names.push(name);
      continue;
    }
    names.push(`new ${name}`);
    for (const own of Reflect.ownKeys(value)) {
      if (!['length', 'name', 'prototype'].includes(String(own))) names.push(`${name}.${String(own)}`);
    }
    const prototype: object = Reflect.get(value, 'prototype');
    for (const own of Reflect.ownKeys(prototype)) {
      if (own !== 'constructor') names.push(`${name}#${String(own)}`);
    }
  }
  const requests = library.vaultRequests({ apiKey: API_KEY, key: library.VaultKey.fromHex(MARKED_KEY) });
  return [...names, 'guardFetch()', ...Object.keys(requests).map((name) => `vaultRequests().${name}`)];
}

test('the table has every export and every method', () => {
  expect(Object.keys(calls).sort()).toEqual(publicNames().sort());
});

test.each(table)(
  '%s takes its own arguments: what is refused below is refused for the slip',
  async (_, { good, call }) => {
    expect(await endingOf(call, good())).not.toHaveProperty('error');
  },
);

interface Ending {
  readonly error?: unknown;
  readonly result?: unknown;
}

async function endingOf(call: Call['call'], args: readonly unknown[]): Promise<Ending> {
  try {
    return { result: await call(args) };
  } catch (error) {
    return { error };
  }
}

// A frame names a function and a file. To find out where it is in the source takes longer than all the rest.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 1;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

// Thousands of slips end in the same few ways; each is looked through once.
const lookedThrough = new Set<string>();

function tracesIn(value: unknown): string[] {
  const summary = inspect(value, { depth: Infinity, showHidden: true }).replaceAll(/\n +at .*/g, '');
  if (lookedThrough.has(summary)) return [];
  const shown = everythingShown(value);
  const traces = [MARKER, ODD_MARKER].flatMap((secret) => tracesOf(secret, shown));
  if (traces.length === 0) lookedThrough.add(summary);
  return traces;
}

/** What is wrong with the way a call ended: another error than a CredsealError, or a secret to be seen. */
function faultsOf({ error, result }: Ending, { reveals, isWrapper }: Call): string[] {
  if (error === undefined) {
    return reveals ? [] : tracesIn(result).map(() => 'the result shows a secret');
  }
  const name = error instanceof CredsealError ? error.code : String(error);
  const faults = tracesIn(error).map(() => `${name} shows a secret`);
  if (!(error instanceof CredsealError) && !isWrapper) faults.push(`not a CredsealError, but ${name}`);
  if (error instanceof CredsealError && 'cause' in error) faults.push(`${name} has a cause`);
  return faults;
}

/** How a slip is told apart in the report of a failed test. */
const kindOf = (slip: unknown) =>
  typeof slip === 'string' ? `"${slip.slice(0, 40)}"` : Object.prototype.toString.call(slip);

describe('a slip, wherever it is, ends in a CredsealError without a secret, or in no error', () => {
  test.each(table)('%s', async (_, row) => {
    const good = row.good();
    const faults = new Map<string, string>();
    for (const path of pathsOf(good)) {
      for (const slip of slips) {
        if (typeof slip === 'string' && row.names.includes(path[0])) continue;
        const ending = await endingOf(row.call, replaced(good, path, slip));
        for (const fault of faultsOf(ending, row)) faults.set(fault, `${path.join('.')} = ${kindOf(slip)}`);
      }
    }
    expect(Object.fromEntries(faults)).toEqual({});
  });
});

describe('what is of another type than an argument has to be is refused', () => {
  const needs = table.flatMap(([name, { needs, good, call }]) =>
    needs.flatMap((need, position) => (need === undefined ? [] : [{ name, need, position, good, call }])),
  );
  test.each(needs)('$name, argument $position: $need', async ({ need, position, good, call }) => {
    const taken: string[] = [];
    for (const slip of [MARKER, ...wrongTypes()]) {
      if (meets(need, slip)) continue;
      const { error } = await endingOf(call, replaced(good(), [position], slip));
      if (!(error instanceof CredsealError)) taken.push(kindOf(slip));
    }
    expect(taken).toEqual([]);
  });
});

describe('whatever stands around a secret, no error shows it', () => {
  const places = table.flatMap(([, row]) => {
    const good = row.good();
    return pathsOf(good)
      .filter(([position]) => !row.names.includes(position))
      .map((path) => ({ row, good, path }));
  });
  const around = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('', ' ', '\n', '"', '{"a":"', 'otpauth://totp/x?secret=', 'https://'),
  );

  test('in every place', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.tuple(around, fc.constantFrom(MARKER, ODD_MARKER, MARKED_KEY), around),
        async ({ row, good, path }, pieces) => {
          const ending = await endingOf(row.call, replaced(good, path, pieces.join('')));
          expect(faultsOf(ending, { ...row, reveals: true })).toEqual([]);
        },
      ),
      { numRuns: rounds(500, 3000) },
    );
  });
});
