import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { MAIN } from '../cli/run.js';
import { API_KEY, KEY } from './local-vault.js';

export const ENVIRONMENT = { CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex(), CLOUDCRUISE_API_KEY: API_KEY };

/** `credseal emulate` in a process of its own. */
export class RunningVault {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #exit: Promise<unknown>;

  constructor(
    args: readonly string[],
    {
      env = ENVIRONMENT,
      cwd,
      within = [],
    }: {
      env?: Record<string, string>;
      cwd?: string;
      /** A command that becomes the one behind it. */
      within?: readonly string[];
    } = {},
  ) {
    const [program = '', ...words] = [...within, process.execPath, MAIN, 'emulate', ...args];
    this.process = spawn(program, words, {
      env,
      ...(cwd !== undefined && { cwd }),
    });
    this.process.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.process.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.#exit = once(this.process, 'close');
  }

  /** Where it listens, once it does. */
  async url(): Promise<string> {
    const find = () => /CLOUDCRUISE_BASE_URL=(\S+)\n/.exec(this.stdout)?.[1];
    while (find() === undefined && this.process.exitCode === null)
      await Promise.race([once(this.process.stdout ?? this.process, 'data'), this.#exit]);
    const url = find();
    if (url === undefined) throw new Error(`it did not start: ${this.stderr}`);
    return url;
  }

  /** Ends it, and gives its exit code: null if it was killed. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.process.kill(signal);
    await this.#exit;
    return this.process.exitCode;
  }
}
