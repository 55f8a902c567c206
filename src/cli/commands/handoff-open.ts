import { type SealedEntry, sealEntry, type VaultEntry } from '../../entry/seal-entry.js';
import { CredsealError } from '../../errors.js';
import { type HandoffToken, openHandoff } from '../../handoff/open-handoff.js';
import { sha256Hex } from '../../preflight/sha256.js';
import { defineCommand } from '../command.js';
import { CliError, EXIT, UsageError } from '../exit.js';
import { readHandoffKeys } from '../input/handoff-keys.js';
import { readText } from '../input/read.js';
import { outputOption, padOption, quietOption } from '../options/entries.js';
import { handoffOptions } from '../options/handoff.js';
import { keyOptions, keyVariables, loadRing } from '../options/keys.js';
import { openIdFile } from '../output/id-file.js';
import { withOutput } from '../output/output-file.js';
import { problemsOf } from '../tasks/task.js';
import { printable } from '../terminal/printable.js';

/** Names of entries that have not come, shown at most. */
const MAX_MISSING = 20;

export const command = defineCommand({
  name: 'handoff open',
  summary: 'turn hand-off tokens, one per line, into sealed entries (NDJSON) for push',
  arguments: {
    tokens: {
      type: 'file',
      access: 'read',
      default: '-',
      summary: 'tokens, one per line; - or nothing for stdin',
    },
  },
  options: {
    ...keyOptions,
    ...handoffOptions,
    expect: {
      type: 'file',
      access: 'read',
      value: 'file',
      summary: 'who was invited, one per line: permissioned_user_id, white space, domain',
    },
    used: {
      type: 'file',
      access: 'both',
      value: 'file',
      summary: 'refuse tokens that are in this file, and add the opened ones to it',
    },
    ...outputOption,
    ...padOption,
    ...quietOption,
  },
  variables: keyVariables,
  details: `Anybody who has the public key can seal anything, in anybody's name. So --expect and --max-age are needed, and
what is not in --expect is refused, and named. Of two tokens of one entry the later one counts.
--used is written when the results are: after an interruption, run the same command again, and nothing is lost.`,
  examples: {
    'credseal handoff open tokens.txt --handoff-keys private.jwk --expect invited.txt --max-age 604800 --used used -o sealed.ndjson':
      'then: credseal push sealed.ndjson',
  },
  exitCodes: {
    1: 'some tokens were refused; the other entries are written',
    3: 'key missing, malformed or protected',
    4: 'the hand-off key or a file is malformed',
  },

  async run({ tokens, handoffKeys: keyPath, expect, used, output, quiet, ...options }, context) {
    const { maxAge, audience, padTo } = options;
    if (keyPath === undefined) throw missing('--handoff-keys', 'the private key that opens the tokens');
    if (maxAge === undefined) throw missing('--max-age', 'how old a token may be, in seconds');
    if (expect === undefined) throw missing('--expect', 'whose entries these may be');
    const keys = await readHandoffKeys(keyPath, context);
    const expected = expectedNames(await readText(expect, '--expect', context));
    const ring = await loadRing(options, context);
    const lines = (await readText(tokens, 'TOKENS', context)).split('\n').map((line) => line.trim());
    const file =
      used === undefined
        ? undefined
        : openIdFile(used, { kind: 'credseal used tokens', role: '--used' }, context);
    const came = new Map<string, Came>();
    const ids = new Set<string>();
    let refused = 0;
    const refuse = (line: number, problem: string) => {
      refused += 1;
      context.stderr.write(`${printable(`line ${line}: ${problem}`)}\n`);
    };

    const take = async (token: string, line: number): Promise<void> => {
      let seen: HandoffToken | undefined;
      const entry = await openHandoff(token, keys, {
        maxAge,
        audience,
        onToken: (found) => {
          seen = found;
        },
      });
      const { id, keyId, issuedAt } = seen as unknown as HandoffToken;
      const name = nameOf(entry);
      if (!expected.has(name))
        return refuse(line, `${entry.permissioned_user_id} at ${entry.domain} is not in --expect.`);
      const claim = sha256Hex(`${keyId} ${id}`).slice(0, 32);
      if (ids.has(claim) || file?.has(claim)) return refuse(line, 'the token was used before.');
      const sealed = sealEntry(entry, ring, { padTo });
      ids.add(claim);
      const other = came.get(name);
      if (other === undefined || other.issuedAt <= issuedAt) came.set(name, { line, issuedAt, sealed });
      if (other === undefined) return;
      const [older, newer] = other.issuedAt <= issuedAt ? [other.line, line] : [line, other.line];
      refuse(older, `line ${newer} has a later token for the same entry, which is used instead.`);
    };

    try {
      await withOutput(
        output,
        async (write) => {
          for (const [index, token] of lines.entries()) {
            if (token === '') continue;
            try {
              await take(token, index + 1);
            } catch (error) {
              if (!(error instanceof CredsealError)) throw error;
              refuse(index + 1, problemsOf(error).join(' '));
            }
          }
          for (const { sealed } of came.values()) await write(`${JSON.stringify(sealed)}\n`);
        },
        context,
      );
      // Behind the results: what is claimed and not written would be lost.
      for (const id of ids) file?.add(id);
    } finally {
      file?.close();
    }
    if (!quiet)
      context.stderr.write(
        summary(
          came.size,
          refused,
          [...expected].filter((name) => !came.has(name)),
        ),
      );
    return refused > 0 ? EXIT.checkFailed : EXIT.done;
  },
});

/** The token of an entry that counts. */
interface Came {
  readonly line: number;
  readonly issuedAt: number;
  readonly sealed: SealedEntry;
}

const missing = (option: string, what: string) => new UsageError(`${option} is missing: ${what}.`);

/** A name as one text, as it stands in a line. No domain has white space in it. */
const nameOf = ({ permissioned_user_id, domain }: VaultEntry) => `${permissioned_user_id} ${domain}`;

function expectedNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const found = /^\s*(\S(?:.*\S)?)\s+(\S+)\s*$/.exec(line);
    if (found === null)
      throw new CliError(
        EXIT.input,
        `--expect, line ${index + 1}: give permissioned_user_id, white space and domain.`,
      );
    names.add(`${found[1]} ${found[2]}`);
  }
  if (names.size === 0)
    throw new CliError(EXIT.input, '--expect is empty: list who was invited, one per line.');
  return names;
}

function summary(opened: number, refused: number, absent: readonly string[]): string {
  const more = absent.length > MAX_MISSING ? ` and ${absent.length - MAX_MISSING} more` : '';
  const names = absent.slice(0, MAX_MISSING).map((name) => printable(name));
  const still = absent.length === 0 ? '' : `Not come yet: ${names.join(', ')}${more}.\n`;
  return `${opened} ${opened === 1 ? 'entry' : 'entries'} sealed, ${refused} ${refused === 1 ? 'token' : 'tokens'} refused.\n${still}`;
}
