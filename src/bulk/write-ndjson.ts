import { optionInvalid } from '../entry/issue.js';
import { CredsealError, type Issue } from '../errors.js';
import { optionsProblem } from '../options.js';
import { type BulkFailure, type BulkItem, badLine, itemOf } from './item.js';

/** How {@link writeNdjson} writes. */
export interface WriteNdjsonOptions {
  /**
   * Is given every failure, in order, and may be asynchronous: the stream waits for it. Without it, the stream
   * errors at its end if there were any.
   */
  readonly onFailure?: ((failure: BulkFailure) => void | Promise<void>) | undefined;
}

/** As many failures are told one by one; the others are counted. */
const MAX_ISSUES = 100;

/**
 * Writes values as NDJSON: a JSON text a line, a line a chunk, in order. Failures are no lines: they go to `onFailure`.
 * Where nobody takes them, every good line is written first, and the stream then errors, so that nothing fails silently.
 *
 * @param options see {@link WriteNdjsonOptions}.
 * @returns a pair for `pipeThrough`, from items to bytes. Without `onFailure` its readable side errors, once all lines
 *   are read, with `ERR_ENTRY_INVALID`: `issues` has the first hundred failures, with the path `line N`. A value that
 *   JSON cannot hold is a failure. (A `Response` made of the stream may tell the error as one of its own, as Chromium's does.)
 * @example
 * const sealed = file.stream().pipeThrough(readNdjson()).pipeThrough(sealEntries(key));
 * const lines = sealed.pipeThrough(writeNdjson({ onFailure: ({ line, error }) => console.error(line, error.message) }));
 */
export function writeNdjson(
  options: WriteNdjsonOptions = {},
): ReadableWritablePair<Uint8Array, BulkItem<unknown>> {
  const problem = optionsProblem(options, ['onFailure']);
  if (problem) throw optionInvalid('options', problem);
  const { onFailure } = options;
  if (onFailure !== undefined && typeof onFailure !== 'function')
    throw optionInvalid('options.onFailure', 'must be a function that takes { line, error }');
  if (onFailure !== undefined) return lineEncoder(onFailure);
  const failed = new FailedLines();
  const { readable, writable } = lineEncoder((failure) => failed.add(failure));
  return { readable: endingIn(readable, () => failed.error()), writable };
}

function lineEncoder(
  onFailure: (failure: BulkFailure) => void | Promise<void>,
): TransformStream<BulkItem<unknown>, Uint8Array> {
  const encoder = new TextEncoder();
  return new TransformStream<BulkItem<unknown>, Uint8Array>({
    transform(given, controller) {
      const item = itemOf(given, 'writeNdjson');
      if ('error' in item) return onFailure(item);
      const json = jsonOf(item.value);
      if (json === undefined)
        return onFailure(
          badLine(item.line, 'The value cannot be written as JSON: it has a cycle, or no JSON in it.'),
        );
      controller.enqueue(encoder.encode(`${json}\n`));
    },
  });
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Whatever a getter throws may quote the value.
    return undefined;
  }
}

/**
 * The same stream, and an error at its end if there is one to tell. By reading on only when somebody reads here: a
 * stream that errors drops what is waiting in it, and every line shall be read before.
 */
function endingIn(
  source: ReadableStream<Uint8Array>,
  errorAtEnd: () => CredsealError | undefined,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        const error = errorAtEnd();
        if (error === undefined) controller.close();
        else controller.error(error);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** What nobody took: the first ones, and how many in all. */
class FailedLines {
  readonly #issues: Issue[] = [];
  #count = 0;

  add({ line, error }: BulkFailure): void {
    this.#count += 1;
    if (this.#issues.length === MAX_ISSUES) return;
    const { rule } = error.issues?.[0] ?? error.report?.findings[0] ?? {};
    this.#issues.push({
      path: `line ${line}`,
      rule: rule ?? 'payload/not-an-object',
      message: error.message,
      code: error.code,
    });
  }

  error(): CredsealError | undefined {
    const [first] = this.#issues;
    if (first === undefined) return undefined;
    const summary = this.#count === 1 ? '1 line failed' : `${this.#count} lines failed; the first`;
    return new CredsealError('ERR_ENTRY_INVALID', `${summary}: ${first.path}: ${first.message}`, {
      issues: this.#issues,
    });
  }
}
