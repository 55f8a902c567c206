import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { EmulatorAnswer } from '../emulator/options.js';
import { startEmulator } from '../emulator/start-emulator.js';
import { CredsealError } from '../errors.js';
import { KeyRing } from '../key/key-ring.js';
import { VaultKey } from '../key/vault-key.js';
import { CliError, EXIT } from './exit.js';
import { type FaultOptions, faultsOf } from './fault-option.js';
import { systemReason } from './input.js';
import { environment, type KeyOptions, loadRing, passphrasesOf } from './keys.js';
import { wholeNumber } from './number-option.js';
import { printable } from './printable.js';

export interface EmulateOptions extends KeyOptions, FaultOptions {
  port: string;
  data?: string;
  allowUnknown?: string[];
  verbose?: boolean;
}

/** `credseal emulate`: a local vault until SIGINT or SIGTERM; what clients need to know goes to stdout, to be pasted. */
export async function emulate(options: EmulateOptions): Promise<number> {
  const port = wholeNumber('--port', options.port, 0, 65_535);
  const faults = await faultsOf(options);
  const { ring, isFresh } = await ringOf(options);
  const given = (await environment(options)).CLOUDCRUISE_API_KEY || undefined;
  const apiKey = given ?? `sk_local_${randomBytes(24).toString('base64url')}`;
  const { data, allowUnknown, verbose } = options;
  const end = untilSignal();
  const vault = await started({
    key: ring,
    apiKey,
    port,
    data,
    faults,
    allowUnknown,
    onAnswer: verbose ? tellAnswer : undefined,
  });
  // What was given is not shown again: only what was made here is known to nobody else.
  if (isFresh) process.stdout.write(`export CLOUDCRUISE_ENCRYPTION_KEY=${ring.current.toHex()}\n`);
  if (given === undefined) process.stdout.write(`export CLOUDCRUISE_API_KEY=${apiKey}\n`);
  process.stdout.write(`export CLOUDCRUISE_BASE_URL=${vault.url}\n`);
  const kept = data === undefined ? 'entries are gone when it ends' : 'entries are kept in --data';
  process.stderr.write(`A local vault listens, with ${ring.current}; ${kept}. Ctrl-C ends it.\n`);
  await end;
  try {
    await vault.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CliError(
      EXIT.input,
      `--data cannot be written: ${systemReason(error)}. What was acknowledged is in it: mend that, and start again.`,
    );
  }
  return EXIT.done;
}

/** Without query: it has the name of an entry, and nobody knows what else. */
function tellAnswer({ method, path, status }: EmulatorAnswer): void {
  process.stderr.write(`${printable(`${method} ${path} ${status ?? 'no answer'}`)}\n`);
}

const NO_KEY_FOR_DATA =
  'No key: --data keeps entries for the next start, which needs the same key. Give --key-file PATH or --env-file PATH, or set CLOUDCRUISE_ENCRYPTION_KEY. For a new one: (umask 077; credseal key new > vault.key).';

/** The keys at hand, as for every command; where there is none, a fresh one instead of a question. */
async function ringOf(options: EmulateOptions): Promise<{ ring: KeyRing; isFresh: boolean }> {
  try {
    const search = { ask: false, passphrases: passphrasesOf(options) };
    return { ring: await loadRing(options, search), isFresh: false };
  } catch (error) {
    const isMissing = error instanceof CredsealError && error.code === 'ERR_KEY_MISSING';
    // Previous keys without a current one are half of something.
    if (!isMissing || options.previousKeyFile !== undefined) throw error;
    // Entries that are kept under a key that nobody kept are lost.
    if (options.data !== undefined) throw new CredsealError('ERR_KEY_MISSING', NO_KEY_FOR_DATA);
    return { ring: new KeyRing(VaultKey.generate()), isFresh: true };
  }
}

/** Failures of the machine's, such as a port in use, in the words of the command line. */
async function started(options: Parameters<typeof startEmulator>[0]) {
  try {
    return await startEmulator(options);
  } catch (error) {
    const { code, syscall } = error as Partial<NodeJS.ErrnoException>;
    if (syscall === 'listen') {
      const reason = code === 'EADDRINUSE' ? 'the port is in use' : code;
      throw new CliError(
        EXIT.network,
        `The local vault cannot listen: ${reason}. Give another --port, or none.`,
      );
    }
    if (syscall !== undefined)
      throw new CliError(EXIT.input, `--data cannot be used: ${systemReason(error)}.`);
    if (error instanceof CredsealError) throw inOptions(error);
    throw error;
  }
}

/** What the library says of its options, in the names that were typed. */
function inOptions(error: CredsealError): Error {
  const { field = '', message } = error;
  if (field === 'data') return new CliError(EXIT.input, `--data: ${message}`);
  if (!field.startsWith('faults')) return error;
  const named = message
    .replace(/^faults\.rates\[\d+\]/, '--fault')
    .replace(/^faults\.script/, '--fault-script');
  return new CliError(EXIT.usage, named);
}

/** Resolves at the first signal to end; a second one ends the process as if nobody listened. */
async function untilSignal(): Promise<void> {
  const heard = new AbortController();
  const { signal } = heard;
  await Promise.race([once(process, 'SIGINT', { signal }), once(process, 'SIGTERM', { signal })]);
  heard.abort();
}
