import { createReadStream } from 'node:fs';
import { isatty } from 'node:tty';
import { CliError, EXIT } from './exit.js';
import { decodeUtf8, readAll, readStdin, unread, withoutLineBreak } from './input.js';
import { wholeNumber } from './number-option.js';

const VARIABLE = 'CREDSEAL_PASSPHRASE';
const MAX_DESCRIPTOR = 2 ** 20;

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
 * Passphrases from `--passphrase-fd`, else `CREDSEAL_PASSPHRASE`, else asked for at a terminal. The one that is given
 * is for every file; at a terminal each file is asked for by itself.
 */
export function passphrases(
  passphraseFd: string | undefined,
  env: () => Promise<Record<string, string | undefined>>,
  ask: boolean,
): Omit<Passphrases, 'maxIterations'> {
  // A descriptor can be read once.
  let given: Promise<string | undefined> | undefined;
  const find = async () =>
    passphraseFd === undefined ? (await env())[VARIABLE] || undefined : readDescriptor(passphraseFd);

  async function get(source: string, question: string): Promise<{ text: string; isTyped: boolean }> {
    given ??= find();
    const text = await given;
    if (text !== undefined) return { text, isTyped: false };
    const prompt = ask ? await import('./prompt.js') : undefined;
    const answer = await prompt?.askAtTerminal(question);
    if (answer !== undefined) return { text: answer, isTyped: true };
    throw new CliError(
      EXIT.key,
      `${source} needs a passphrase: set ${VARIABLE}, give --passphrase-fd N, or run this at a terminal.`,
    );
  }

  return {
    toOpen: async (source) => (await get(source, `Passphrase of ${source}`)).text,
    async toProtect() {
      const { text, isTyped } = await get('A protected key file', 'New passphrase');
      if (isTyped && (await get('', 'The same again')).text !== text)
        throw new CliError(EXIT.input, 'The two passphrases differ. Nothing is written.');
      return text;
    },
  };
}

async function readDescriptor(number: string): Promise<string> {
  const fd = wholeNumber('--passphrase-fd', number, 0, MAX_DESCRIPTOR);
  if (isatty(fd))
    throw new CliError(
      EXIT.usage,
      '--passphrase-fd is a terminal, which shows what is typed: leave it out, and the passphrase is asked for unseen.',
    );
  const text = decodeUtf8(await readOpen(fd), '--passphrase-fd', EXIT.key);
  const passphrase = withoutLineBreak(text);
  if (passphrase === '') throw new CliError(EXIT.key, '--passphrase-fd gives no passphrase: it is empty.');
  return passphrase;
}

async function readOpen(fd: number): Promise<Uint8Array> {
  if (fd === 0) return readStdin();
  try {
    return await readAll(createReadStream('', { fd }));
  } catch (error) {
    throw unread('--passphrase-fd', error, EXIT.key);
  }
}
