import { inspect } from 'node:util';
import { expect } from 'vitest';
import { CredsealError, type CredsealErrorCode } from '../src/errors.js';

/** Runs what must be refused, and gives the error: a CredsealError of that code, or the test fails. */
export function refusal(code: CredsealErrorCode, act: () => unknown): CredsealError {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    expect(error).toBeInstanceOf(CredsealError);
    expect((error as CredsealError).code).toBe(code);
    expect(error).not.toHaveProperty('cause');
    return error as CredsealError;
  }
  throw new Error(`not refused: ${String(result)}`);
}

/** The same for what returns a promise: it must be rejected, and not throw. */
export async function rejection(
  code: CredsealErrorCode,
  act: () => Promise<unknown>,
): Promise<CredsealError> {
  const outcome = await act().then(
    (result) => () => result,
    (error: unknown) => () => {
      throw error;
    },
  );
  return refusal(code, outcome);
}

/** All that a log, a console or an error tracker can get out of an error. */
export function everythingShown(error: CredsealError): string {
  return [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify(Object.getOwnPropertyNames(error).map((name) => Reflect.get(error, name))),
    inspect(error, { showHidden: true, depth: Infinity, getters: true }),
    inspect({ nested: [error] }, { depth: Infinity }),
  ].join('\n');
}

const PIECE = 6;

/** Fails if the error shows the secret or any six characters of it: as it is, in either case, JSON, or hex. */
export function expectHidden(error: CredsealError, secret: string): void {
  const shown = everythingShown(error).toUpperCase();
  const forms = [secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('hex')];
  const pieces = forms.map((text) => text.toUpperCase()).flatMap(piecesOf);
  expect(pieces.filter((piece) => shown.includes(piece))).toEqual([]);
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start + PIECE <= text.length; start++) pieces.push(text.slice(start, start + PIECE));
  return pieces;
}
