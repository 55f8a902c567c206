import { decodeLines } from '../../bulk/encoding.js';
import { type LineBlock, readBlock } from '../../bulk/line-blocks.js';
import { sealedEntries } from '../../entry/fields.js';
import { isReference } from '../../entry/reference.js';
import { isObject } from '../../inspection.js';
import type { Resolution, Resolved } from '../../references/resolution.js';
import type { Context } from '../context.js';
import { environment } from '../options/environment.js';
import type { KeyOptions } from '../options/keys.js';
import { allowedSchemes } from '../options/references.js';
import { startProgress } from '../terminal/progress.js';
import type { LineFailure } from './work.js';

/** What a command line says about references. */
export interface ReferenceOptions extends KeyOptions {
  readonly allowReferences?: string | undefined;
  readonly quiet?: boolean;
}

/** Variables that name files of ours. */
const FILE_VARIABLES = [
  'CLOUDCRUISE_ENCRYPTION_KEY_FILE',
  'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS_FILE',
  'CLOUDCRUISE_API_KEY_FILE',
  'CREDSEAL_PASSPHRASE_FILE',
  'CREDSEAL_QUEUE_URL_FILE',
];

/** Resolves references in entries, for as long as a command runs: each is asked for once. */
export class References {
  readonly #file: string;
  readonly #options: ReferenceOptions;
  readonly #context: Context;
  #resolution: Promise<Resolution> | undefined;
  #answers = 0;
  #onAnswer: (() => void) | undefined;

  /**
   * @param file the file that the entries are in.
   * @throws CliError if a scheme that is allowed is none
   */
  constructor(file: string, options: ReferenceOptions, context: Context) {
    allowedSchemes(options.allowReferences);
    this.#file = file;
    this.#options = options;
    this.#context = context;
  }

  /** Resolves the references of one entry. */
  async resolve(entry: unknown): Promise<Resolved> {
    if (!hasReferences(entry)) return { value: entry, issues: [] };
    this.#resolution ??= this.#start();
    return (await this.#resolution).resolve(entry);
  }

  /** Resolves the references of all entries of a document. */
  resolveAll(entries: readonly unknown[]): Promise<readonly Resolved[]> {
    return this.withProgress(() => Promise.all(entries.map((entry) => this.resolve(entry))));
  }

  /** Does something that resolves references, and shows how far that is. */
  async withProgress<T>(work: () => Promise<T>): Promise<T> {
    const { quiet: isQuiet = false } = this.#options;
    const progress = startProgress(this.#context, { unit: 'references', isQuiet });
    this.#onAnswer = () => {
      this.#answers += 1;
      progress.update(this.#answers);
    };
    try {
      return await work();
    } finally {
      this.#onAnswer = undefined;
      progress.stop();
    }
  }

  /** Resolves the references in blocks of NDJSON. The lines in which one fails are told, and left out. */
  async *inBlocks(
    blocks: AsyncIterable<LineBlock>,
    onFailure: (failure: LineFailure) => void,
  ): AsyncGenerator<LineBlock> {
    // However it is escaped elsewhere, sealing refuses what is a reference still.
    for await (const block of blocks) yield mayRefer(block) ? await this.#inBlock(block, onFailure) : block;
  }

  async #inBlock(block: LineBlock, onFailure: (failure: LineFailure) => void): Promise<LineBlock> {
    const lines = decodeLines(block.bytes, block.line).split('\n');
    const items = [...readBlock(block)];
    const resolved = await Promise.all(
      items.map((item) =>
        'value' in item && hasReferences(item.value) ? this.resolve(item.value) : undefined,
      ),
    );
    for (const [index, result] of resolved.entries()) {
      const { line = 0 } = items[index] ?? {};
      if (result === undefined) continue;
      const { value, issues } = result;
      const isFailed = issues.length > 0;
      lines[line - block.line] = isFailed ? '' : JSON.stringify(value);
      if (isFailed) onFailure({ line, problems: issues.map(({ message }) => message) });
    }
    return { ...block, bytes: new TextEncoder().encode(lines.join('\n')) };
  }

  async #start(): Promise<Resolution> {
    // Loaded only here: entries without references do not wait for what starts programs.
    const [{ Resolution }, { resolversOf }] = await Promise.all([
      import('../../references/resolution.js'),
      import('../input/reference-resolvers.js'),
    ]);
    const { keyFile, envFile, previousKeyFile = [], allowReferences } = this.#options;
    const env = await environment({ envFile }, this.#context);
    const named = [
      this.#file,
      keyFile,
      envFile,
      ...previousKeyFile,
      ...FILE_VARIABLES.map((name) => env[name]),
    ];
    const secretFiles = named.filter((path) => path !== undefined && path !== '' && path !== '-') as string[];
    const surroundings = { file: this.#file, env, secretFiles };
    const resolvers = resolversOf(allowedSchemes(allowReferences), surroundings, this.#context);
    return new Resolution(resolvers, () => this.#onAnswer?.());
  }
}

const FROM = Buffer.from('"from"');

const mayRefer = ({ bytes, isTooLong }: LineBlock) =>
  !isTooLong && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(FROM);

const hasReferences = (entry: unknown) =>
  isObject(entry) && sealedEntries.some(([name]) => isReference(entry[name]));
