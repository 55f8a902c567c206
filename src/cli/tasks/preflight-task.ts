import { decodeLines } from '../../bulk/encoding.js';
import { notAnEntry } from '../../bulk/item.js';
import type { LineBlock } from '../../bulk/line-blocks.js';
import type { Operation } from '../../entry/check.js';
import { CredsealError, type Issue } from '../../errors.js';
import type { KeyRing } from '../../key/key-ring.js';
import { type Hash, hashOf } from '../../preflight/compact-store.js';
import { type Looked, type SealAt, startLooking } from '../../preflight/preflight.js';
import { tooLarge } from '../input/document-source.js';
import { parseLine } from '../input/records.js';
import { isVaultAnswer, withoutVaultSet } from '../input/vault-answer.js';
import type { BlockResult } from './work.js';

/** To look at each sealed entry by itself; what is compared with others goes back as hashes, of which there is one table. */
export interface PreflightTask {
  readonly kind: 'preflight';
  readonly operation: Operation;
  readonly allowUnknown?: readonly string[] | undefined;
  /** What the hashes of names and of IVs begin with. */
  readonly seeds: { readonly entries: number; readonly values: number };
}

/** What was seen of a line. */
export type LookedLine = { readonly line: number } & (
  | { readonly problem: string }
  | { readonly looked: Looked<Hash>; readonly isAnswer: boolean }
);

const HEAD_NUMBERS = 2;
// A line is four numbers: how far behind the first it is, how many values and which of these it has, and the hash of its
// name. Each of its values is four more: the hash of its IV, its tag, its field.
const HAS_NAME = 1;
const IS_ANSWER = 2;
const HAS_MORE = 4;
const FLAG_BITS = 3;

/** What is not in the numbers: of few lines. */
interface More {
  readonly problem?: string;
  readonly issues?: readonly Issue[];
  /** Of each value how many issues come before it. */
  readonly at?: readonly number[];
}

/** Beside the numbers, as JSON. */
interface Rest {
  /** The fields that values are in. */
  readonly paths: readonly string[];
  readonly more: readonly More[];
  /** The document is none, in these words; nothing of the block counts. */
  readonly refused?: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Looks at the lines of a block. Nearly all of what comes of it is numbers, which cross to another thread at once. */
export function lookAtBlocks(task: PreflightTask, keys: KeyRing | 'none'): (block: LineBlock) => BlockResult {
  const { seeds, operation, allowUnknown } = task;
  const look = startLooking({ keys, operation, allowUnknown });
  return (block) => {
    if (block.isTooLong) throw tooLarge();
    const numbers: number[] = [];
    const rest = { paths: [] as string[], more: [] as More[] };
    const lines = linesOf(block);
    if (typeof lines === 'string') return packed([], { ...rest, refused: lines }, block.line);
    for (const [index, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const read = parseLine(text);
      if ('problem' in read) {
        numbers.push(index, HAS_MORE, 0, 0);
        rest.more.push(read);
        continue;
      }
      const isAnswer = isVaultAnswer(read.value);
      const { issues, seals, name } = look(isAnswer ? withoutVaultSet(read.value) : read.value);
      const flags =
        (name === undefined ? 0 : HAS_NAME) | (isAnswer ? IS_ANSWER : 0) | (issues.length > 0 ? HAS_MORE : 0);
      const [high, low] = name === undefined ? [0, 0] : hashOf(name, seeds.entries);
      numbers.push(index, (seals.length << FLAG_BITS) | flags, high, low);
      for (const { path, iv, tag } of seals) {
        if (!rest.paths.includes(path)) rest.paths.push(path);
        const [first, second] = hashOf(iv, seeds.values);
        numbers.push(first, second, tag, rest.paths.indexOf(path));
      }
      if (issues.length > 0) rest.more.push({ issues, at: seals.map(({ at }) => at) });
    }
    return packed(numbers, rest, block.line);
  };
}

/** The lines of a block; or why it is no text. */
function linesOf({ bytes, line }: LineBlock): string[] | string {
  try {
    return decodeLines(bytes, line).split('\n');
  } catch (error) {
    if (error instanceof CredsealError) return error.message;
    throw error;
  }
}

/** How many numbers there are, and the number of the block's first line; the numbers; the rest. */
function packed(numbers: readonly number[], rest: Rest, line: number): BlockResult {
  const text = encoder.encode(JSON.stringify(rest));
  const bytes = new Uint8Array(4 * (HEAD_NUMBERS + numbers.length) + text.length);
  const words = new Uint32Array(bytes.buffer, 0, HEAD_NUMBERS + numbers.length);
  words.set([numbers.length, line]);
  words.set(numbers, HEAD_NUMBERS);
  bytes.set(text, 4 * words.length);
  return { bytes, done: 0, failures: [] };
}

/**
 * What was seen of the lines of a block, one after the other.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if the bytes were no text
 */
export function* looksOf({ bytes, failures }: BlockResult): Generator<LookedLine> {
  // Of a thread that ended there is no more than this.
  for (const { line: at, problems } of failures) yield { line: at, problem: problems.join(' ') };
  if (bytes.length === 0) return;
  const [count, first] = new Uint32Array(bytes.buffer, 0, HEAD_NUMBERS) as unknown as [number, number];
  const numbers = new Uint32Array(bytes.buffer, 4 * HEAD_NUMBERS, count);
  const { paths, more, refused }: Rest = JSON.parse(
    decoder.decode(bytes.subarray(4 * (HEAD_NUMBERS + count))),
  );
  if (refused !== undefined) throw notAnEntry(refused);
  let at = 0;
  let told = 0;
  const next = () => numbers[at++] as number;
  while (at < count) {
    const line = first + next();
    const found = next();
    const name: Hash = [next(), next()];
    const { problem, issues = [], at: before = [] } = found & HAS_MORE ? (more[told++] as More) : {};
    const seals: SealAt<Hash>[] = [];
    for (let index = 0; index < found >> FLAG_BITS; index++) {
      const iv: Hash = [next(), next()];
      seals.push({ iv, tag: next(), path: paths[next()] as string, at: before[index] ?? 0 });
    }
    if (problem !== undefined) yield { line, problem };
    else {
      const looked = { issues, seals, name: found & HAS_NAME ? name : undefined };
      yield { line, looked, isAnswer: (found & IS_ANSWER) !== 0 };
    }
  }
}
