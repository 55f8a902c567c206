import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { expect } from 'vitest';
import { CredsealError, type CredsealErrorCode } from '../../src/errors.js';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';

/** An entry that `sealEntry` takes. */
export const ENTRY = {
  permissioned_user_id: 'user-1',
  domain: 'https://portal.example.com',
  user_name: 'Zoë@example.com',
  password: 'correct horse battery staple',
};

export const p256 = await generateHandoffKeys();
export const x25519 = await generateHandoffKeys('X25519');
export const curves = [
  ['P-256', p256],
  ['X25519', x25519],
] as const;

/** Waits for what must be refused, and gives the error: a CredsealError of that code, or the test fails. */
export async function refusalOf(code: CredsealErrorCode, promise: Promise<unknown>): Promise<CredsealError> {
  const error = await promise.then(
    () => expect.fail('not refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CredsealError);
  expect(error).toMatchObject({ code });
  expect(error).not.toHaveProperty('cause');
  return error as CredsealError;
}

/** What bare jose finds in a token: nothing of this package takes part. */
export async function openedByJose(token: string, privateJwk: object) {
  const { plaintext } = await compactDecrypt(token, privateJwk);
  const text = new TextDecoder().decode(plaintext);
  return { header: decodeProtectedHeader(token), bytes: plaintext.length, entry: JSON.parse(text) };
}
