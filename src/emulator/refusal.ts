import { STATUS_CODES } from 'node:http';

/** A call that the vault refuses. The message says what to do, and never shows what was sent. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The body of a refusal: the members that the vault's clients look for, and no others. */
export function refusalBody(status: number, message: string): string {
  return JSON.stringify({ message, error: STATUS_CODES[status] ?? 'Error' });
}
