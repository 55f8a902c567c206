import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CredsealError } from '../../src/errors.js';
import * as handoff from '../../src/handoff/index.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { fullEntry } from '../leaks/marked-entry.js';
import { everythingShown, MARKED_KEY, MARKER, ODD_MARKER, tracesOf } from '../leaks/marker.js';
import { pathsOf, replaced } from '../leaks/paths.js';
import { wrongTexts, wrongTypes } from '../leaks/slips.js';
import { rounds } from '../rounds.js';
import { ENTRY, p256 } from './tokens.js';

const { publicJwk, privateJwk } = p256;
const token = await handoff.sealHandoff({ ...ENTRY, password: MARKER, user_name: ODD_MARKER }, publicJwk, {
  expiresIn: 600,
});
const vaultKey = VaultKey.fromHex(MARKED_KEY);

/** Every function, with arguments that it takes; what the worker is given is to be shown, the rest never. */
const calls: Record<keyof typeof handoff, { args: unknown[]; reveals: boolean }> = {
  generateHandoffKeys: { args: ['P-256'], reveals: false },
  sealHandoff: { args: [fullEntry(), publicJwk, { expiresIn: 600, audience: 'w' }], reveals: false },
  openHandoff: {
    args: [token, { keys: [privateJwk] }, { maxAge: 600, onToken: () => undefined }],
    reveals: true,
  },
  handoffToVault: {
    args: [token, { handoffKeys: privateJwk, vaultKey, maxAge: 600, padTo: 64 }],
    reveals: false,
  },
};
const slips = [...wrongTypes(), ...wrongTexts()];
/** Of how many slips one is tried, in turn. */
const EACH = rounds(7, 1);
const call = (name: string, args: readonly unknown[]): Promise<unknown> =>
  Reflect.apply(Reflect.get(handoff, name), handoff, args);
// Thousands of slips end in the same few ways; each is looked through once.
const harmless = new Set<string>();
const tracesIn = (value: unknown) => {
  const summary = inspect(value, { depth: Infinity }).replaceAll(/\n +at .*/g, '');
  if (harmless.has(summary)) return [];
  const shown = everythingShown(value);
  const traces = [MARKER, ODD_MARKER, privateJwk.d].flatMap((secret) => tracesOf(secret, shown));
  if (traces.length === 0) harmless.add(summary);
  return traces;
};

const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 1;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

test('every export is looked at', () => {
  expect(Object.keys(calls).sort()).toEqual(Object.keys(handoff).sort());
});

describe.each(Object.entries(calls))('%s', (name, { args, reveals }) => {
  test('takes its own arguments, and shows no secret where it need not', async () => {
    const result = await call(name, args);
    if (name !== 'generateHandoffKeys' && !reveals) expect(tracesIn(result)).toEqual([]);
  });

  test('ends in a CredsealError without a secret, or in no error, whatever slips in anywhere', async () => {
    const faults = new Set<string>();
    let count = 0;
    for (const path of pathsOf(args)) {
      for (const slip of slips) {
        count += 1;
        if (count % EACH !== 0) continue;
        // What the caller's own function throws is the caller's.
        if (path.at(-1) === 'onToken' && typeof slip === 'function') continue;
        const error = await call(name, replaced(args, path, slip)).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error === undefined) continue;
        const kind = error instanceof CredsealError ? error.code : String(error);
        if (!(error instanceof CredsealError)) faults.add(`${path.join('.')}: ${kind}`);
        if (tracesIn(error).length > 0) faults.add(`${path.join('.')}: ${kind} shows a secret`);
      }
    }
    expect([...faults]).toEqual([]);
  });
});

test('inside a token that was sealed by somebody else, nothing shows in the error of its entry', async () => {
  const { CompactEncrypt, decodeProtectedHeader } = await import('jose');
  const { epk: _, ...header } = decodeProtectedHeader(token) as Record<string, unknown>;
  const faults: string[] = [];
  const entry = fullEntry();
  for (const path of pathsOf([entry])) {
    for (const slip of [MARKER, ODD_MARKER, 5, null, [MARKER], { marker: MARKER }]) {
      const [changed] = replaced([entry], path, slip);
      const sealed = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(changed)))
        .setProtectedHeader(header as { alg: string; enc: string })
        .encrypt(publicJwk);
      const error = await handoff.openHandoff(sealed, privateJwk, { maxAge: 600 }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) continue;
      if (!(error instanceof CredsealError)) faults.push(`${path.join('.')}: ${error}`);
      if (tracesIn(error).length > 0) faults.push(`${path.join('.')} = ${JSON.stringify(slip)} shows`);
    }
  }
  expect(faults).toEqual([]);
});
