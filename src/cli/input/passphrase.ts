import { createReadStream } from 'node:fs';
import { isatty } from 'node:tty';
import { newPassphraseBytes } from '../../key-file/passphrase.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { givenSecret } from '../options/environment.js';
import { decodeUtf8, readAll, readStdin, unread, withoutLineBreak } from './read.js';

const VARIABLE = 'CREDSEAL_PASSPHRASE';

/** Where passphrases of protected key files come from. */
export interface Passphrases {
  /** The passphrase that a key file was protected with. */
  toOpen(source: string): Promise<string>;
  /** How many iterations a file may ask for, where that is said. */
  readonly maxIterations?: number | undefined;
  /** One to protect keys with from now on: at a terminal it is asked for twice. */
  toProtect(): Promise<string>;
}

/**
 * Passphrases from `--passphrase-fd` or `--passphrase-command`, else from `CREDSEAL_PASSPHRASE`, its `_FILE` or its
 * `_COMMAND`, else asked for at a terminal. The one that is given is for every file; at a terminal each file is asked for
 * by itself.
 */
export function passphrases(
  {
    passphraseFd,
    passphraseCommand,
    envFile,
  }: {
    readonly passphraseFd?: number | undefined;
    readonly passphraseCommand?: string | undefined;
    readonly envFile?: string | undefined;
  },
  env: () => Promise<Context['env']>,
  context: Context,
  ask: boolean,
): Omit<Passphrases, 'maxIterations'> {
  // A descriptor can be read once.
  let given: Promise<string | undefined> | undefined;
  async function find(): Promise<string | undefined> {
    if (passphraseFd !== undefined) return readDescriptor(passphraseFd, context);
    const found =
      passphraseCommand === undefined
        ? givenSecret(VARIABLE, await env())
        : ({ form: 'command', source: '--passphrase-command', text: passphraseCommand } as const);
    if (found === undefined || found.form === 'value') return found?.text;
    return (await import('./secret.js')).readLine(found, context);
  }

  async function get(source: string, question: string): Promise<{ text: string; isTyped: boolean }> {
    given ??= find();
    const text = await given;
    if (text !== undefined) return { text, isTyped: false };
    const prompt = ask ? await import('../terminal/prompt.js') : undefined;
    const answer = await prompt?.askAtTerminal(question, context);
    if (answer !== undefined) return { text: answer, isTyped: true };
    const variable = `set ${VARIABLE}${envFile === undefined ? '' : ' in --env-file'}`;
    const ways = ask
      ? `${variable}, give --passphrase-fd N, or run this at a terminal`
      : `${variable}, or give --passphrase-fd N`;
    throw new CliError(EXIT.key, `${source} needs a passphrase: ${ways}.`);
  }

  return {
    toOpen: async (source) => (await get(source, `Passphrase of ${source}`)).text,
    async toProtect() {
      const { text, isTyped } = await get('A protected key file', 'New passphrase');
      if (!isTyped) return text;
      // Before anybody types it again for nothing.
      newPassphraseBytes(text).fill(0);
      if ((await get('', 'The same again')).text !== text)
        throw new CliError(EXIT.input, 'The two passphrases differ. Nothing is written.');
      return text;
    },
  };
}

async function readDescriptor(fd: number, context: Context): Promise<string> {
  if (isatty(fd))
    throw new CliError(
      EXIT.usage,
      '--passphrase-fd is a terminal, which shows what is typed: omit the option to type the passphrase at a hidden prompt.',
    );
  const text = decodeUtf8(await readOpen(fd, context), '--passphrase-fd', EXIT.key);
  const passphrase = withoutLineBreak(text);
  if (passphrase === '') throw new CliError(EXIT.key, '--passphrase-fd gives no passphrase: it is empty.');
  return passphrase;
}

async function readOpen(fd: number, context: Context): Promise<Uint8Array> {
  if (fd === 0) return readStdin(context);
  try {
    return await readAll(createReadStream('', { fd }));
  } catch (error) {
    throw unread('--passphrase-fd', error, EXIT.key);
  }
}
