import { CredsealError, type CredsealErrorCode } from '../errors.js';
import type { Context } from './context.js';

/** What a command's exit code says: a contract, and the table in the README. */
export const EXIT = {
  done: 0,
  checkFailed: 1,
  usage: 2,
  key: 3,
  input: 4,
  notOpened: 5,
  network: 6,
} as const;

/** A failure of the command line itself. Its message never holds anything that was typed or read. */
export class CliError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
    /** Whether a file could not be read at all, whatever is in it. */
    readonly isUnread = false,
  ) {
    super(message);
  }
}

/**
 * What is wrong with a command line. It shows names of commands, options and choices that are declared, and of what
 * was typed only the place: somebody may have typed a secret.
 */
export class UsageError extends CliError {
  constructor(message: string) {
    super(EXIT.usage, message);
  }

  /** The same, with where to read about the command or group that these words name. */
  withAdvice(path: readonly string[]): UsageError {
    return new UsageError(`${this.message} See ${['credseal', ...path].join(' ')} --help.`);
  }
}

const byCode: Record<CredsealErrorCode, number> = {
  ERR_KEY_FORMAT: EXIT.key,
  ERR_KEY_DESTROYED: EXIT.key,
  ERR_KEY_MISSING: EXIT.key,
  ERR_KEY_FILE: EXIT.key,
  ERR_SEALED_FORMAT: EXIT.input,
  ERR_OPEN_FAILED: EXIT.notOpened,
  ERR_PLAINTEXT_FORMAT: EXIT.notOpened,
  ERR_ALREADY_SEALED: EXIT.input,
  ERR_TOTP_FORMAT: EXIT.input,
  ERR_TOTP_UNSUPPORTED: EXIT.input,
  ERR_INTERVAL_FORMAT: EXIT.input,
  ERR_ENTRY_INVALID: EXIT.input,
  ERR_REQUEST_INVALID: EXIT.usage,
  ERR_PREFLIGHT: EXIT.checkFailed,
  ERR_HANDOFF: EXIT.input,
  ERR_MANIFEST: EXIT.input,
  ERR_VAULT_REFUSED: EXIT.network,
  ERR_VAULT_UNREACHABLE: EXIT.network,
};

/** A failure as it is told. */
interface Failure {
  readonly message: string;
  readonly exitCode: number;
}

/** Says what has failed, and gives the exit code. */
export function tell({ message, exitCode }: Failure, { stderr }: Pick<Context, 'stderr'>): number {
  stderr.write(`credseal: ${message}\n`);
  return exitCode;
}

/** The message for stderr and the exit code of a failure. */
export function failure(error: unknown): Failure {
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof CredsealError) {
    const advice = error.code === 'ERR_OPEN_FAILED' ? ' Compare fingerprints: credseal key show.' : '';
    return { message: error.message + advice, exitCode: byCode[error.code] };
  }
  // A fault of ours, or of the machine: where it happened helps, but its message might quote what was read.
  const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: '' };
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    message: [`unexpected ${name}; please report this`, ...frames].join('\n'),
    exitCode: EXIT.checkFailed,
  };
}
