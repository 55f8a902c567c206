/** An option with a value, as it is declared: for the option parser, and for what goes without it. */
export interface ValueOption {
  readonly flags: string;
  readonly description: string;
  /** Whether it may be given more than once, for one value each. */
  readonly isRepeatable?: true;
}

export const KEY_FILE: ValueOption = {
  flags: '--key-file <path>',
  description: 'read the key from a file: 64 hex digits, a JWK, a JWK set, or a protected file',
};
export const ENV_FILE: ValueOption = {
  flags: '--env-file <path>',
  description: 'read the variables from a file instead of the environment',
};
export const PREVIOUS_KEY_FILE: ValueOption = {
  flags: '--previous-key-file <path>',
  description: 'a key that only opens; may be repeated',
  isRepeatable: true,
};
export const PASSPHRASE_FD: ValueOption = {
  flags: '--passphrase-fd <n>',
  description: 'read the passphrase of a protected file from a file descriptor',
};

/** The options of `seal`, beside the key's. */
export const SEAL_OPTIONS: readonly ValueOption[] = [
  { flags: '--pad-to <bytes>', description: 'hide the length: pad to a multiple of so many bytes' },
];
