/** An option as it is declared: for the option parser, and for what goes without it. */
export interface OptionSpec {
  /** As the parser takes it: `--name`, `--name <value>`, with a short form `-n, ` before it or without. */
  readonly flags: string;
  readonly description: string;
  /** Whether it may be given more than once, for one value each. */
  readonly isRepeatable?: true;
}

const KEY_FILE: OptionSpec = {
  flags: '--key-file <path>',
  description: 'read the key from a file: 64 hex digits, a JWK, a JWK set, or a protected file',
};
const ENV_FILE: OptionSpec = {
  flags: '--env-file <path>',
  description: 'read the variables from a file instead of the environment',
};
const PREVIOUS_KEY_FILE: OptionSpec = {
  flags: '--previous-key-file <path>',
  description: 'a key that only opens; may be repeated',
  isRepeatable: true,
};
const PASSPHRASE_FD: OptionSpec = {
  flags: '--passphrase-fd <n>',
  description: 'read the passphrase of a protected file from a file descriptor',
};

const MAX_ITERATIONS: OptionSpec = {
  flags: '--max-iterations <n>',
  description: 'of a protected file: more than 1000000 take longer than a second, and have to be allowed',
};

/** Where keys come from, where no passphrase is said to come from anywhere. */
export const PLAIN_KEY_OPTIONS = [KEY_FILE, ENV_FILE, PREVIOUS_KEY_FILE];

/** The options of every command that needs a key. */
export const KEY_OPTIONS = [...PLAIN_KEY_OPTIONS, PASSPHRASE_FD, MAX_ITERATIONS];

/** The options of `seal`, beside the key's. */
export const SEAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--pad-to <bytes>', description: 'hide the length: pad to a multiple of so many bytes' },
];

/** The options of the commands that write an entry for an entry. */
export const DOCUMENT_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '-o, --output <path>',
    description: 'write to a file, which appears whole or not at all, for nobody else to read',
  },
  {
    flags: '--jobs <count>',
    description: 'how many threads work on NDJSON (by default the cores, at most 8)',
  },
];

/** For what reads entries: a name that the field table does not have. */
export const ALLOW_UNKNOWN: OptionSpec = {
  flags: '--allow-unknown <name>',
  description: 'let a field through that this version does not know; may be repeated',
  isRepeatable: true,
};

/** The options of the commands that seal entries, beside the key's. */
export const ENTRY_OPTIONS: readonly OptionSpec[] = [
  ...DOCUMENT_OPTIONS,
  { flags: '--update', description: 'for an update: credentials may be null, id may be given' },
  {
    flags: '--pad-to <bytes>',
    description: 'hide the lengths of credentials: pad to a multiple of so many bytes',
  },
  ALLOW_UNKNOWN,
];
