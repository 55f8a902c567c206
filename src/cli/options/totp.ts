import type { Arguments, Options } from '../command.js';

/** What a command looks for TOTP secrets in. */
export const totpFileArgument = {
  file: {
    type: 'file',
    access: 'read',
    default: '-',
    summary: 'the secret, the export of an authenticator, or a PNG or JPEG; - or nothing for stdin',
  },
} as const satisfies Arguments;

export const accountOption = {
  account: {
    type: 'number',
    value: 'n',
    least: 1,
    most: 999_999_999,
    summary: 'use only the account with this number',
  },
} as const satisfies Options;

/** What can be read, for the details of commands. */
export const TOTP_SOURCES = `FILE is a secret in base32, an otpauth:// URI, migration URIs of Google Authenticator, a PNG or JPEG of QR codes, or
the export of an authenticator: see credseal import --help. Secrets are never arguments.`;
