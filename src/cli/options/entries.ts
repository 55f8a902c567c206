import type { Options } from '../command.js';

/** The option of commands that say how far they are, or what came of it. */
export const quietOption = {
  quiet: { type: 'flag', short: 'q', summary: 'print problems only' },
} as const satisfies Options;

/** The option of commands whose results may go to a file. */
export const outputOption = {
  output: {
    type: 'file',
    access: 'write',
    short: 'o',
    value: 'path',
    summary: 'write to a file that nobody else can read; it appears complete or not at all',
  },
} as const satisfies Options;

/** The option of the commands that work on several threads. */
export const jobsOption = {
  jobs: {
    type: 'number',
    value: 'count',
    least: 1,
    most: 64,
    summary: 'number of threads for NDJSON (by default the number of cores, at most 8)',
  },
} as const satisfies Options;

/** The options of the commands that write an entry for an entry. */
export const documentOptions = {
  output: { ...outputOption.output, mayReplace: 'FILE' },
  ...jobsOption,
  ...quietOption,
} as const satisfies Options;

/** The option of everything that seals. */
export const padOption = {
  padTo: {
    type: 'number',
    value: 'bytes',
    least: 1,
    most: 65_536,
    summary: 'hide the length of credentials: pad to a multiple of this many bytes',
  },
} as const satisfies Options;

/** For what reads entries: a name that the field table does not have. */
export const allowUnknownOption = {
  allowUnknown: {
    type: 'text',
    value: 'name',
    isRepeatable: true,
    summary: 'pass on a field that this version does not know, unsealed; may be repeated',
  },
} as const satisfies Options;

/** How entries are sealed. */
export const sealingOptions = { ...padOption, ...allowUnknownOption } as const satisfies Options;

/** The options of the commands that seal entries, beside the key's. */
export const entryOptions = {
  ...documentOptions,
  update: { type: 'flag', summary: 'make updates: credentials may be null, id may be given' },
  ...sealingOptions,
} as const satisfies Options;

/** What the commands that take entries are given. */
export const entryArgument = {
  file: {
    type: 'file',
    access: 'read',
    default: '-',
    summary: 'one entry as JSON, an array, or NDJSON; - or nothing for stdin',
  },
} as const;

/** What the commands that take sealed entries are given. */
export const sealedArgument = {
  file: {
    type: 'file',
    access: 'read',
    default: '-',
    summary: 'sealed entries as JSON, an array, or NDJSON; - or nothing for stdin',
  },
} as const;

/** What plan and apply are given. */
export const desiredArgument = {
  file: {
    type: 'file',
    access: 'read',
    default: '-',
    summary: 'entries, plain or sealed, as JSON, an array, or NDJSON; - or nothing for stdin',
  },
} as const;

/** What exit codes mean where every entry is worked on by itself. */
export const entryExitCodes = {
  1: 'some of several entries failed',
  3: 'key missing, malformed or protected',
  4: 'the input, or its only entry, is malformed',
} as const;
