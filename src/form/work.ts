import type { VaultEntry } from '../entry/seal-entry.js';
import { CredsealError, type Issue } from '../errors.js';
import type { Jwk } from '../handoff/jwk.js';
import { type HandoffSealOptions, sealHandoff } from '../handoff/seal-handoff.js';
import { codeAt, vaultSecret } from './totp-code.js';

/** What is to be done with what was typed. */
export type Task =
  | {
      readonly kind: 'seal';
      /** Texts and choices by the names of the field table. */
      readonly entry: Readonly<Record<string, string | boolean>>;
      readonly publicJwk: Jwk;
      readonly options: HandoffSealOptions;
    }
  | { readonly kind: 'code'; readonly text: string };

/** What comes of it: nothing that was typed is in it. */
export type Answer =
  | { readonly token: string }
  | { readonly code: string; readonly secondsLeft: number }
  | { readonly issues: readonly Issue[] };

/** Seals an entry, or makes the code of a secret; what is wrong is an answer, too. */
export async function work(task: Task): Promise<Answer> {
  try {
    if (task.kind === 'code') return await codeAt(vaultSecret(task.text), Date.now());
    const { tfa_secret: secret, ...others } = task.entry;
    const totp =
      typeof secret === 'string' ? { tfa_secret: vaultSecret(secret), tfa_method: 'AUTHENTICATOR' } : {};
    // What is asked for is a matter of the page: sealHandoff looks at it.
    const entry = { ...others, ...totp } as unknown as VaultEntry;
    return { token: await sealHandoff(entry, task.publicJwk, task.options) };
  } catch (error) {
    return { issues: issuesOf(error) };
  }
}

function issuesOf(error: unknown): readonly Issue[] {
  if (!(error instanceof CredsealError)) {
    // Its text might quote what was typed.
    return [{ path: '', rule: 'setting/type', message: 'The entry could not be sealed.' }];
  }
  if (error.code === 'ERR_ENTRY_INVALID') return error.issues;
  const { code, message } = error;
  const isTotp = code === 'ERR_TOTP_FORMAT' || code === 'ERR_TOTP_UNSUPPORTED';
  return [
    isTotp
      ? { path: 'tfa_secret', rule: 'totp/format', message, code }
      : { path: 'public-key', rule: 'setting/type', message, code },
  ];
}
