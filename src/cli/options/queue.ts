import type { Options } from '../command.js';
import type { Context } from '../context.js';
import { EXIT, UsageError } from '../exit.js';
import { environment, givenSecret } from './environment.js';

/** Where a queue is. */
export const queueOptions = {
  queue: {
    type: 'text',
    value: 'url',
    summary:
      'address of the queue: redis://HOST:PORT, postgres://USER@HOST/DATABASE, or env (required if it has a password)',
  },
  queueName: { type: 'text', value: 'name', default: 'vault', summary: 'the name of the queue' },
} as const satisfies Options;

const VARIABLE = 'CREDSEAL_QUEUE_URL';
export const queueVariables = {
  [VARIABLE]: 'the address of the queue, where it has a password',
  [`${VARIABLE}_FILE`]: 'a file that holds the address of the queue',
  [`${VARIABLE}_COMMAND`]: 'a command that prints the address of the queue; never in --env-file',
} as const;

/** A queue, and whose it is. */
export interface QueueAddress {
  readonly engine: 'bullmq' | 'pg-boss';
  readonly url: string;
}

const ENGINES: Readonly<Record<string, QueueAddress['engine']>> = {
  'redis:': 'bullmq',
  'rediss:': 'bullmq',
  'postgres:': 'pg-boss',
  'postgresql:': 'pg-boss',
};

/** The address of a queue: as it was typed, else from the environment, or from where that says. */
export async function queueAddress(
  options: { readonly queue?: string | undefined; readonly envFile?: string | undefined },
  context: Context,
): Promise<QueueAddress> {
  const typed = options.queue === 'env' ? undefined : options.queue;
  const url = typed ?? (await fromEnvironment(options, context));
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const engine = ENGINES[parsed?.protocol ?? ''];
  if (parsed === undefined || engine === undefined || parsed.hostname === '')
    throw new UsageError(
      `${typed === undefined ? VARIABLE : '--queue'} takes the address of a Redis or a PostgreSQL: redis://HOST:PORT, rediss:// for TLS, or postgres://USER@HOST/DATABASE.`,
    );
  // Arguments are seen by everybody on the machine. With Redis, a user is nobody without a password.
  const hasPassword =
    parsed.password !== '' ||
    [...parsed.searchParams.keys()].some((name) => /pass/i.test(name)) ||
    (engine === 'bullmq' && parsed.username !== '');
  if (typed !== undefined && hasPassword)
    throw new UsageError(`--queue takes no address with a password: set ${VARIABLE}, or ${VARIABLE}_FILE.`);
  return { engine, url };
}

async function fromEnvironment(
  options: { readonly envFile?: string | undefined },
  context: Context,
): Promise<string> {
  const given = givenSecret(VARIABLE, await environment(options, context), EXIT.usage);
  if (given === undefined) throw new UsageError(`No queue: give --queue, or set ${VARIABLE}.`);
  return given.form === 'value' ? given.text : (await import('../input/secret.js')).readLine(given, context);
}
