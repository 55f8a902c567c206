import { readFileSync } from 'node:fs';
import type { Options } from '../command.js';
import { type Context, located } from '../context.js';
import { CliError, EXIT, UsageError } from '../exit.js';

/** Where a queue is. */
export const queueOptions = {
  queue: {
    type: 'text',
    value: 'url',
    summary:
      'the Redis of the queue, redis://HOST:PORT; an address with a password comes from the environment',
  },
  queueName: { type: 'text', value: 'name', default: 'vault', summary: 'the name of the queue' },
} as const satisfies Options;

const URL_VARIABLE = 'CREDSEAL_QUEUE_URL';
const FILE_VARIABLE = 'CREDSEAL_QUEUE_URL_FILE';
export const queueVariables = {
  [URL_VARIABLE]: 'the address of the queue, where it has a password',
  [FILE_VARIABLE]: 'a file that holds the address of the queue',
} as const;

/** The address of a queue: as it was typed, else from the environment, or from a file that it names. */
export function queueUrl(given: string | undefined, context: Context): string {
  const typed = given === 'env' ? undefined : given;
  const url = typed ?? fromEnvironment(context);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const where = typed === undefined ? URL_VARIABLE : '--queue';
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '')
    throw new UsageError(`${where} takes the address of a Redis: redis://HOST:PORT, or rediss:// for TLS.`);
  // Arguments are seen by everybody on the machine.
  if (typed !== undefined && (parsed.password !== '' || parsed.username !== ''))
    throw new UsageError(
      `--queue takes no address with a password: set ${URL_VARIABLE}, or ${FILE_VARIABLE}.`,
    );
  return url;
}

function fromEnvironment(context: Context): string {
  const { [URL_VARIABLE]: url, [FILE_VARIABLE]: file } = context.env;
  if (url) return url;
  if (!file) throw new UsageError(`No queue: give --queue, or set ${URL_VARIABLE}.`);
  try {
    return readFileSync(located(file, context), 'utf8').trim();
  } catch {
    // Node's message has the path.
    throw new CliError(EXIT.usage, `The file that ${FILE_VARIABLE} names cannot be read.`);
  }
}
