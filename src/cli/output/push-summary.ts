import type { PushFailure, PushOutcome } from '../../bulk/push/outcome.js';
import { EXIT } from '../exit.js';
import type { Place } from '../input/place.js';
import { problemsIn, ToldFailures } from './told-failures.js';

/** What is counted apart: a refusal is an answer. */
type Counted = PushOutcome['status'] | 'notReached';

const WORDS: Record<Counted, string> = {
  created: 'created',
  updated: 'updated',
  there: 'there already, with these very sealed values',
  journaled: 'sent before, says the journal',
  checked: 'would be sent',
  invalid: 'not sent, for they fail preflight',
  refused: 'refused',
  notReached: 'failed, for the vault was not reached',
  unsent: 'not sent, for the push stopped',
};

/** What became of all entries, counted. */
export class PushSummary {
  readonly #counts = new Map<Counted, number>();
  // That of `performance` would have to be loaded.
  readonly #start = process.hrtime();

  add(outcome: PushOutcome): void {
    const isReached = outcome.status !== 'refused' || outcome.httpStatus !== undefined;
    const counted = isReached ? outcome.status : 'notReached';
    this.#counts.set(counted, this.of(counted) + 1);
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  text(): string {
    const parts = Object.entries(WORDS).flatMap(([status, said]) => {
      const count = this.of(status as Counted);
      return count === 0 ? [] : `${count} ${said}`;
    });
    return `${this.count} read: ${parts.join(', ') || 'nothing to do'}; ${this.#seconds()} s\n`;
  }

  /** Every count by its name. */
  counts(): Record<Counted | 'read' | 'seconds', number> {
    const counts = Object.keys(WORDS).map((status) => [status, this.of(status as Counted)]);
    return { read: this.count, ...Object.fromEntries(counts), seconds: Number(this.#seconds()) };
  }

  #seconds(): string {
    const [seconds, nanoseconds] = process.hrtime(this.#start);
    return (seconds + nanoseconds / 1e9).toFixed(1);
  }

  exitCode(isOne: boolean): number {
    const { refused, invalid, unsent } = {
      refused: this.of('refused') + this.of('notReached'),
      invalid: this.of('invalid'),
      unsent: this.of('unsent'),
    };
    if (refused + invalid + unsent === 0) return EXIT.done;
    const done = this.of('created') + this.of('updated') + this.of('there') + this.of('journaled');
    // The network or the vault, where nothing got through; of several, some failed.
    if (refused + unsent > 0 && (isOne || done === 0)) return EXIT.network;
    return isOne ? EXIT.input : EXIT.checkFailed;
  }

  of(status: Counted): number {
    return this.#counts.get(status) ?? 0;
  }
}

/** A way to tell what failed as it comes, and then the end. */
export interface PushReport {
  failure(failure: PushFailure, place: Place): void;
  /** What was not said of failures yet. */
  rest(): void;
  end(summary: PushSummary, ok: boolean): string;
}

/** For people: what meets many alike is said once. */
export function textReport(write: (text: string) => void, nameOf: (line: number) => string): PushReport {
  const told = new ToldFailures(nameOf);
  return {
    failure: (failure) => write(told.tell(failure)),
    rest: () => write(told.rest()),
    end: (summary) => summary.text(),
  };
}

/** For programs: one JSON document, written as it grows. */
export function jsonReport(write: (text: string) => void): PushReport {
  let isFirst = true;
  write('{"failures":[');
  return {
    failure(failure, place) {
      const { permissioned_user_id, domain, status, httpStatus } = failure;
      const told = {
        ...place,
        permissioned_user_id,
        domain,
        status,
        httpStatus,
        problems: problemsIn(failure),
      };
      write(`${isFirst ? '' : ','}\n${JSON.stringify(told)}`);
      isFirst = false;
    },
    rest: () => undefined,
    end: (summary, ok) => `\n],${JSON.stringify({ ok, ...summary.counts() }).slice(1)}\n`,
  };
}
