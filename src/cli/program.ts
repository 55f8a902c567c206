import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { EXIT, failure, tell } from './exit.js';
import { importHelp } from './import-help.js';
import { DOCUMENT_OPTIONS, ENTRY_OPTIONS, KEY_OPTIONS, type OptionSpec, SEAL_OPTIONS } from './options.js';
import { usageMessage } from './usage.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Every command with its options. */
export const program = new Command('credseal')
  .description('Seals credentials with your own key, in the format of the CloudCruise vault API.')
  .version(version)
  .addHelpText(
    'after',
    `
Secrets come from stdin, files, the environment or a hidden prompt, never from arguments.
Keys come from --key-file, else --env-file, else CLOUDCRUISE_ENCRYPTION_KEY, else a prompt.
Passphrases come from --passphrase-fd, else CREDSEAL_PASSPHRASE, else a prompt.

Exit codes: 0 done, 1 a check found errors or some entries failed, 2 usage, 3 key missing or malformed,
4 input malformed, 5 a sealed value does not open, 6 network or vault refused.`,
  );

let exitCode: number = EXIT.done;

/** Commands are loaded when they run: `credseal seal` does not wait for what `credseal payload` needs. */
function runs<A extends unknown[]>(load: () => Promise<(...args: A) => Promise<number>>) {
  return async (...args: unknown[]) => {
    // Behind arguments and options, the parser hands over the command itself.
    exitCode = await (await load())(...(args.slice(0, -1) as A));
  };
}

const collect = (value: string, all: string[] = []) => [...all, value];

function withOptions(command: Command, options: readonly OptionSpec[]): Command {
  for (const { flags, description, isRepeatable } of options) {
    if (isRepeatable) command.option(flags, description, collect);
    else command.option(flags, description);
  }
  return command;
}

const withKeys = (command: Command) => withOptions(command, KEY_OPTIONS);

function withKeyOutput(command: Command): Command {
  return withKeys(command)
    .option('-o, --output <path>', 'write to a file that nobody else can read, instead of stdout')
    .option('--force', 'replace a file that is there');
}

/** For commands that write an entry for an entry. */
const withDocument = (command: Command) => withOptions(withKeys(command), DOCUMENT_OPTIONS);

const withEntries = (command: Command) =>
  withOptions(withKeys(command), ENTRY_OPTIONS).argument(
    '[file]',
    'one entry as JSON, an array, or NDJSON; - or nothing for stdin',
  );

const key = program.command('key').description('make and look at vault keys');
key
  .command('new')
  .description('a fresh key on stdout')
  .option('--jwk', 'as a JSON Web Key instead of hex')
  .action(runs(async () => (await import('./key.js')).keyNew));
withKeys(key.command('show'))
  .description('fingerprint, format and source of the keys in use; never a key')
  .action(runs(async () => (await import('./key.js')).keyShow));
withKeyOutput(key.command('protect'))
  .description('keys on stdin, or those in use → a key file under a passphrase')
  .option('--iterations <n>', 'of PBKDF2: more than the default of 210000 make guessing slower still')
  .action(runs(async () => (await import('./key.js')).keyProtect));
withKeyOutput(key.command('unprotect'))
  .description('a protected key file on stdin, or of --key-file → hex, or a JWK set if it holds several keys')
  .option('--jwk', 'one key as a JSON Web Key instead of hex')
  .action(runs(async () => (await import('./key.js')).keyUnprotect));

withOptions(withKeys(program.command('seal')), SEAL_OPTIONS)
  .description('a value on stdin → a sealed value on stdout')
  .action(runs(async () => (await import('./seal.js')).seal));
withKeys(program.command('open'))
  .description('a sealed value on stdin → the value on stdout')
  .action(runs(async () => (await import('./open.js')).open));

withEntries(program.command('payload'))
  .description('entries in plain text → sealed entries, in the same form')
  .action(runs(async () => (await import('./payload.js')).payload));
withEntries(program.command('request'))
  .description(
    'entries in plain text → requests to the vault, with $CLOUDCRUISE_API_KEY in place of the API key',
  )
  .addOption(new Option('--curl', 'as commands for curl (the default)').conflicts(['http', 'json']))
  .addOption(new Option('--http', 'as HTTP/1.1 messages').conflicts(['curl', 'json']))
  .addOption(new Option('--json', 'as JSON: method, url, headers, body').conflicts(['curl', 'http']))
  .option(
    '--base-url <url>',
    'where the vault is (or CLOUDCRUISE_BASE_URL); http only for loopback addresses',
  )
  .action(runs(async () => (await import('./request.js')).request));

withDocument(program.command('import'))
  .description("a password manager's export → sealed entries as NDJSON")
  .argument('[file]', 'the export; - or nothing for stdin')
  .option('--from <format>', 'what the export is: auto, or one of those below', 'auto')
  .option('--user-id <template>', 'how permissioned_user_id is made', '{username}')
  .option('--map <column=field>', 'a column of a CSV file of your own; may be repeated', collect)
  .option(
    '--skip-bad-totp',
    'leave TOTP secrets out that the vault cannot use, instead of failing their rows',
  )
  .option('--totp <file>', "an authenticator's export, or a picture of QR codes; may be repeated", collect)
  .option('--totp-map <file>', 'a line ROW,ACCOUNT for each account of --totp that does not join by itself')
  .option('--dry-run', 'read and check the export, and write nothing but the summary')
  .option('--pad-to <bytes>', 'hide the lengths of credentials: pad to a multiple of so many bytes')
  .addOption(
    new Option('--plaintext', 'write the entries unsealed; needs no key').conflicts(['padTo', 'dryRun']),
  )
  .addHelpText('after', importHelp)
  .action(runs(async () => (await import('./import.js')).importExport));

withKeys(program.command('preflight'))
  .description(
    'sealed entries → findings: what the vault would refuse, or the author did not mean; nothing is sent',
  )
  .argument('[files...]', 'entries as JSON, an array, or NDJSON; - or nothing for stdin')
  .option('--update', 'they are for an update')
  .addOption(
    new Option('--format <format>', 'how to report').choices(['text', 'json', 'github']).default('text'),
  )
  .action(runs(async () => (await import('./preflight.js')).preflight));
withDocument(program.command('rotate'))
  .description('sealed entries under a previous key → under the current one, in the same form')
  .argument('[file]', 'sealed entries as JSON, an array, or NDJSON; - or nothing for stdin')
  .option('--dry-run', 'open and seal everything, and write nothing')
  .addOption(new Option('--in-place', 'write to FILE itself, whole or not at all').conflicts('output'))
  .option('--keep-failed', 'take entries that fail along as they are, instead of leaving them out')
  .action(runs(async () => (await import('./rotate.js')).rotate));
withKeys(program.command('push'))
  .description('sealed entries → the vault: each preflighted, sent, and tried again where that may help')
  .argument('[file]', 'sealed entries as JSON, an array, or NDJSON; - or nothing for stdin')
  .addOption(new Option('--update', 'update entries that are there').conflicts('upsert'))
  .option('--upsert', 'create, and update what is there')
  .option('--dry-run', 'check everything, send nothing')
  .option(
    '--journal <file>',
    'remember what the vault has acknowledged, and go on from there after an interruption',
  )
  .option('--failed <file>', 'write the entries that the vault does not have to a file, to push again')
  .option('--concurrency <n>', 'how many at once, 1 to 256', '8')
  .option('--retries <n>', 'how often an entry is tried again, 0 to 20', '5')
  .option('--timeout <seconds>', 'for one attempt, 1 to 600', '30')
  .option(
    '--base-url <url>',
    'where the vault is (or CLOUDCRUISE_BASE_URL); http only for loopback addresses',
  )
  .addHelpText('after', '\nThe API key comes from CLOUDCRUISE_API_KEY, --env-file, or a hidden prompt.')
  .action(runs(async () => (await import('./push.js')).push));
withKeys(program.command('doctor'))
  .description('self-test, runtime and key: what a service runs before it starts')
  .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'))
  .action(runs(async () => (await import('./doctor.js')).doctor));

withKeys(program.command('emulate'))
  .description('a local vault for development and tests; prints what clients need, and runs until Ctrl-C')
  .option('--port <number>', 'where to listen on 127.0.0.1; 0 is a free port', '0')
  .option('--data <file>', 'keep the entries in a file, across restarts; with a key that is kept, too')
  .option(
    '--fault <words>',
    'make something go wrong: status=429,retry-after=1,rate=0.1; may be repeated',
    collect,
  )
  .option('--fault-script <file>', 'a JSON array with a fault or null for each request in turn')
  .option(
    '--allow-unknown <name>',
    'accept a field that this version does not know; may be repeated',
    collect,
  )
  .option('--verbose', 'method, path and status of each request on stderr, and nothing else of it')
  .action(runs(async () => (await import('./emulate.js')).emulate));

const totp = program
  .command('totp')
  .description(
    'TOTP secrets: base32, otpauth:// URIs, exports of authenticators (see import --help), pictures of QR codes',
  );
const withAccounts = (command: Command) =>
  command
    .argument('[file]', 'the secret, export, or PNG or JPEG; - or nothing for stdin')
    .option('--account <n>', 'of several, only the one with this number');
withAccounts(totp.command('show', { isDefault: true }))
  .description(
    'the accounts: issuer, label, algorithm, digits, period, length; of others, why they are not used',
  )
  .option('--secret', 'the secret as well, in base32')
  .action(runs(async () => (await import('./totp.js')).totpShow));
withAccounts(totp.command('code'))
  .description('the current code of each account')
  .action(runs(async () => (await import('./totp.js')).totpCode));
withAccounts(totp.command('verify').argument('<code>', 'the code: six to eight digits'))
  .description('whether a code is right now, or was or will be within one period')
  .action(runs(async () => (await import('./totp.js')).totpVerify));

const vectors = program.command('vectors').description("the test vectors of the vault's format");
vectors
  .command('verify')
  .description('run them against this build, or against another implementation; see vectors/README.md')
  .option('--exec <command>', 'a program that answers one JSON object a line for each on stdin')
  .option('--verbose', 'the counts of every flag, not only of those with a disagreement')
  .option('--timeout <seconds>', 'how long the program may take from one answer to the next', '10')
  .addOption(new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text'))
  .action(runs(async () => (await import('./vectors.js')).vectorsVerify));

for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
  command.exitOverride().configureOutput({ outputError: () => undefined });
}

/**
 * Runs a command line, and says on standard error what went wrong.
 *
 * @returns the exit code.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return tell(failure(error));
    if (error.exitCode === 0) return EXIT.done;
    // `credseal` and `credseal key` alone print their help as commander does.
    if (error.code === 'commander.help') return EXIT.usage;
    return tell({ message: usageMessage(error, program, args), exitCode: EXIT.usage });
  }
}
