import { readFileSync } from 'node:fs';
import { isAudience } from '../../handoff/format.js';
import { type PublicMembers, readJwk, thumbprint } from '../../handoff/jwk.js';
import { isObject } from '../../inspection.js';
import { defineCommand } from '../command.js';
import { CliError, EXIT, UsageError } from '../exit.js';
import { packageFile } from '../input/package-files.js';
import { readText } from '../input/read.js';
import { outputOption, quietOption } from '../options/entries.js';
import { withOutput } from '../output/output-file.js';
import { pageOf } from '../tasks/page.js';

export const command = defineCommand({
  name: 'page',
  summary: 'make one HTML file in which people seal credentials to a public hand-off key, offline',
  options: {
    publicKey: {
      type: 'file',
      access: 'read',
      value: 'file',
      summary: 'the public hand-off key as a JWK; - for stdin',
    },
    ...outputOption,
    audience: { type: 'text', value: 'name', summary: 'the audience that may open the tokens' },
    domain: {
      type: 'text',
      value: 'url',
      summary: 'domain of the entries; if omitted, the page asks for it',
    },
    userId: { type: 'text', value: 'id', summary: 'permissioned_user_id; if omitted, the page asks for it' },
    fields: {
      type: 'text',
      value: 'names',
      summary:
        'fields of the form, with ? after those that may stay empty (default "user_name password tfa_secret?")',
    },
    title: { type: 'text', value: 'text', default: 'Seal your sign-in details', summary: 'the heading' },
    validUntil: {
      type: 'text',
      value: 'time',
      summary: 'time after which the form is closed, such as 2026-12-31T00:00Z',
    },
    expiresIn: {
      type: 'number',
      value: 'seconds',
      least: 1,
      most: 604_800,
      default: 604_800,
      summary: 'how long a token is valid',
    },
    ...quietOption,
  },
  details: `The file works from a disk or any static host, and sends nothing: its policy lets in its own script alone. The person
copies or saves a token and sends it back; credseal handoff open opens the tokens. It shows the thumbprint of the key: tell the person
by another way than the file, so that they can compare it.`,
  examples: {
    'credseal page --public-key public.jwk --domain https://portal.example.com -o seal.html':
      'then send seal.html',
  },
  exitCodes: { 4: 'the key is malformed, or a private key' },

  async run({ publicKey, output, title, validUntil, quiet, ...attributes }, context) {
    if (publicKey === undefined)
      throw new UsageError('--public-key is missing: name the key that the page seals to.');
    const jwk = publicKeyIn(await readText(publicKey, '--public-key', context));
    const { audience, userId, domain, fields, expiresIn } = attributes;
    if (audience !== undefined && !isAudience(audience))
      throw new UsageError('--audience is 1 to 256 characters.');
    if (validUntil !== undefined && !(Date.now() < Date.parse(validUntil)))
      throw new UsageError('--valid-until must be a time in the future, such as 2026-12-31T00:00Z.');
    const page = pageOf(readFileSync(packageFile('dist/form/page.js'), 'utf8'), title, {
      'public-key': JSON.stringify(jwk),
      'expires-in': String(expiresIn),
      audience,
      domain,
      'user-id': userId,
      fields,
      'valid-until': validUntil && new Date(validUntil).toISOString(),
    });
    await withOutput(output, (write) => write(page), context, { keepsMode: true });
    if (!quiet) context.stderr.write(`The page seals to the key ${await thumbprint(jwk)}.\n`);
    return EXIT.done;
  },
});

/** The members of a public key in a file, and nothing else of it. */
function publicKeyIn(text: string): PublicMembers {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    // The parser's message quotes the file.
  }
  if (!isObject(given))
    throw new CliError(EXIT.input, '--public-key is not a JWK: make one with credseal handoff keys.');
  if (given.d !== undefined)
    throw new CliError(EXIT.input, '--public-key is a private key: nothing is written. Give the public one.');
  return readJwk(given, '--public-key');
}
