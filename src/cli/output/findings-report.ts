import { once } from 'node:events';
import type { Finding } from '../../errors.js';
import { rules } from '../../preflight/rules.js';
import type { Options } from '../command.js';
import type { Context } from '../context.js';
import type { Place } from '../input/place.js';
import type { Progress } from '../terminal/progress.js';
import { type Format, githubFormat, jsonFormat, type Located, type Totals, textFormat } from './findings.js';
import { sarifFormat } from './sarif.js';

/** The option of commands that report findings. */
export const findingsOption = {
  format: {
    type: 'text',
    value: 'format',
    choices: ['text', 'json', 'github', 'sarif'],
    default: 'text',
    summary: 'format of the report',
  },
} as const satisfies Options;

/** Writes findings to standard output as they come, and counts them. */
export class FindingsReport {
  readonly totals = { checked: 0, errors: 0, warnings: 0 };
  readonly #format: Format;

  constructor(
    name: (typeof findingsOption.format.choices)[number],
    readonly progress: Progress,
    readonly context: Context,
  ) {
    const { stdout, env } = context;
    const formats = { json: () => jsonFormat, github: () => githubFormat, sarif: sarifFormat };
    this.#format = name === 'text' ? textFormat(Boolean(stdout.isTTY) && !env.NO_COLOR) : formats[name]();
  }

  begin(): Promise<void> {
    return this.#write(this.#format.start ?? '');
  }

  /** Counts one more that is checked. */
  count(): void {
    this.totals.checked += 1;
    this.progress.update(this.totals.checked);
  }

  async add(finding: Finding, place: Omit<Located, keyof Finding>): Promise<void> {
    const isFirst = this.totals.errors + this.totals.warnings === 0;
    this.totals[finding.severity === 'error' ? 'errors' : 'warnings'] += 1;
    // Where results and progress share a terminal, the line of the latter makes room.
    this.progress.print('');
    await this.#write(this.#format.finding({ ...finding, ...place }, isFirst));
  }

  end(more: Omit<Totals, 'checked' | 'errors' | 'warnings'> = {}): Promise<void> {
    this.progress.stop();
    return this.#write(this.#format.end({ ...this.totals, ...more }));
  }

  /** Waits where the reader is slower: otherwise findings of a large file would pile up in memory. */
  async #write(text: string): Promise<void> {
    const { stdout } = this.context;
    if (text !== '' && !stdout.write(text)) await once(stdout, 'drain');
  }
}

/** Why a record could not be read. */
interface Unread {
  readonly problem: string;
}

/** What there is to say about a record, with its element in the paths where it is one of an array. */
export function findingsOf<R extends Place>(
  record: R,
  check: (read: Exclude<R, Unread>) => readonly Finding[],
): Finding[] {
  const element = record.index === undefined ? '' : `[${record.index}]`;
  if ('problem' in record) {
    const rule = 'payload/not-an-object';
    return [{ rule, ...rules[rule], path: element, message: `The line is ${record.problem}.` }];
  }
  const findings = check(record as Exclude<R, Unread>);
  return findings.map((finding) => ({ ...finding, path: [element, finding.path].filter(Boolean).join('.') }));
}
