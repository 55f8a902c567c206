import { randomBytes } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { EmulatorAnswer, EmulatorOptions } from '../../emulator/options.js';
import { CredsealError } from '../../errors.js';
import { KeyRing } from '../../key/key-ring.js';
import { VaultKey } from '../../key/vault-key.js';
import { defineCommand } from '../command.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { systemReason } from '../input/read.js';
import { quietOption } from '../options/entries.js';
import { faultOptions, faultsOf } from '../options/faults.js';
import { type KeyOptions, keyOptions, keyVariables, loadRing, passphrasesOf } from '../options/keys.js';
import { apiKeyOption, givenApiKey, vaultVariables } from '../options/vault.js';
import { printable } from '../terminal/printable.js';

// What clients need to know goes to stdout, to be pasted.
export const command = defineCommand({
  name: 'emulate',
  summary: 'run a local vault for development and tests; prints what clients need, and runs until Ctrl-C',
  options: {
    ...keyOptions,
    ...apiKeyOption,
    host: {
      type: 'text',
      value: 'address',
      default: '127.0.0.1',
      summary: 'the loopback address to listen on: one of 127.0.0.0/8, or ::1',
    },
    port: {
      type: 'number',
      value: 'number',
      least: 0,
      most: 65_535,
      default: 0,
      summary: 'where to listen; 0 is a free port',
    },
    data: {
      type: 'file',
      access: 'both',
      value: 'file',
      summary: 'keep the entries in a file across restarts; requires a permanent key',
    },
    updates: {
      type: 'text',
      value: 'way',
      choices: ['merge', 'replace', 'complete-only'],
      summary: 'what an update does to fields that it does not name',
    },
    nulls: {
      type: 'text',
      value: 'way',
      choices: ['kept', 'absent'],
      summary: 'whether answers contain fields that are null, or omit them',
    },
    ...faultOptions,
    allowUnknown: {
      type: 'text',
      value: 'name',
      isRepeatable: true,
      summary: 'accept a field that this version does not know; may be repeated',
    },
    verbose: {
      type: 'flag',
      short: 'v',
      summary: 'write method, path and status of each request to stderr',
    },
    ...quietOption,
  },
  variables: { ...keyVariables, ...vaultVariables },
  examples: {
    'credseal emulate': 'prints export lines for key, API key and address',
    'credseal emulate --port 8080 --data vault.json --env-file local.env': 'keeps its entries',
    'credseal emulate --fault status=429,retry-after=1,rate=0.1': 'refuses one request in ten',
  },
  exitCodes: {
    3: 'key malformed or protected, or missing with --data',
    4: 'a file cannot be used',
    6: 'it cannot listen at that address',
  },

  async run({ host, port, data, updates, nulls, allowUnknown, verbose, quiet, ...options }, context) {
    refuseDistant(host);
    const faults = await faultsOf(options, context);
    const { ring, isFresh } = await ringOf({ ...options, data }, context);
    const given = await givenApiKey(options, context);
    const apiKey = given ?? `sk_local_${randomBytes(24).toString('base64url')}`;
    const end = untilSignal(context);
    const vault = await started({
      key: ring,
      apiKey,
      host,
      port,
      data: data === undefined ? undefined : located(data, context),
      faults,
      updates,
      nulls,
      allowUnknown,
      onAnswer: verbose ? (answer) => tellAnswer(answer, context) : undefined,
    });
    const { stdout, stderr } = context;
    // What was given is not shown again: only what was made here is known to nobody else.
    if (isFresh) stdout.write(`export CLOUDCRUISE_ENCRYPTION_KEY=${ring.current.toHex()}\n`);
    if (given === undefined) stdout.write(`export CLOUDCRUISE_API_KEY=${apiKey}\n`);
    stdout.write(`export CLOUDCRUISE_BASE_URL=${vault.url}\n`);
    const kept = data === undefined ? 'entries are gone when it ends' : 'entries are kept in --data';
    if (!quiet) stderr.write(`A local vault listens, with ${ring.current}; ${kept}. Ctrl-C ends it.\n`);
    await end;
    await closed(vault);
    return EXIT.done;
  },
});

/** Only this machine: the vault gives codes to whoever asks. */
function refuseDistant(host: string): void {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  const family = isIP(host);
  if (family === 0 || !loopback.check(host, family === 6 ? 'ipv6' : 'ipv4'))
    throw new CliError(EXIT.usage, '--host takes a loopback address: one of 127.0.0.0/8, or ::1.');
}

/** Without query: it has the name of an entry, and nobody knows what else. */
function tellAnswer({ method, path, status }: EmulatorAnswer, { stderr }: Context): void {
  stderr.write(`${printable(`${method} ${path} ${status ?? 'no answer'}`)}\n`);
}

const NO_KEY_FOR_DATA =
  'No key: --data keeps entries for the next start, which needs the same key. Give --key-file PATH or --env-file PATH, or set CLOUDCRUISE_ENCRYPTION_KEY. For a new one: credseal key new -o vault.key.';

/** The keys at hand, as for every command; where there is none, a fresh one instead of a question. */
async function ringOf(
  options: KeyOptions & { readonly data: string | undefined },
  context: Context,
): Promise<{ ring: KeyRing; isFresh: boolean }> {
  try {
    const search = { ask: false, passphrases: passphrasesOf(options, context) };
    return { ring: await loadRing(options, context, search), isFresh: false };
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
async function started(options: EmulatorOptions) {
  // Loaded where it starts, and not for help.
  const { startEmulator } = await import('../../emulator/start-emulator.js');
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

async function closed(vault: { close(): Promise<void> }): Promise<void> {
  try {
    await vault.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CliError(
      EXIT.input,
      `--data cannot be written: ${systemReason(error)}. What was acknowledged is in it: mend that, and start again.`,
    );
  }
}

/** What the library says of its options, in the names that were typed. */
function inOptions(error: CredsealError): Error {
  const { field = '', message } = error;
  if (field === 'data') return new CliError(EXIT.input, `--data: ${message}`);
  if (!field.startsWith('faults')) return error;
  const named = message
    .replace(/^faults\.(rates\[\d+\]|limit)/, '--fault')
    .replace(/^faults\.script/, '--fault-script');
  return new CliError(EXIT.usage, named);
}

/** Resolves at the first signal to end; a second one ends the process as if nobody listened. */
function untilSignal({ process }: Context): Promise<void> {
  return new Promise((resolve) => {
    const heard = () => {
      process.off('SIGINT', heard);
      process.off('SIGTERM', heard);
      resolve();
    };
    process.on('SIGINT', heard);
    process.on('SIGTERM', heard);
  });
}
