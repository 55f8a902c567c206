import { CredsealError, type CredsealErrorCode, type Issue, type RuleId } from '../errors.js';

/** One problem of an entry: `problem` ends the sentence that begins with the path. It never quotes a value. */
export function issueOf(path: string, rule: RuleId, problem: string, code?: CredsealErrorCode): Issue {
  // What another check said may end in a full stop of its own, and a suggestion ends in a question mark.
  const message = `${path} ${problem}${/[.?]$/.test(problem) ? '' : '.'}`.trimStart();
  return { path, rule, message, ...(code && { code }) };
}

/** Adds an issue to what is known of an entry: see {@link issueOf}. */
export function addIssue(issues: Issue[], ...issue: Parameters<typeof issueOf>): void {
  issues.push(issueOf(...issue));
}

/** What `read` makes of a value; what it refuses is an issue, and the value stays as it is. */
export function readOrAddIssue<T>(
  issues: Issue[],
  path: string,
  rule: RuleId,
  value: T,
  read: (value: T) => unknown,
): unknown {
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    addIssue(issues, path, rule, `is not usable: ${error.message}`, error.code);
    return value;
  }
}

/** The first of some problems, and how many more there are in which property of the error. */
export function summaryOf([first, ...others]: readonly { message: string }[], property: string): string {
  const more = others.length === 0 ? '' : ` (and ${others.length} more: see ${property})`;
  return `${first?.message}${more}`;
}

/** The error that carries the problems of an entry, at least one. */
export function entryInvalid(issues: readonly Issue[]): CredsealError {
  const field = issues.length === 1 && issues[0]?.path;
  const message = summaryOf(issues, 'issues');
  return new CredsealError('ERR_ENTRY_INVALID', message, { issues, ...(field && { field }) });
}

/** The error of an option that is none. */
export function optionInvalid(path: string, problem: string): CredsealError {
  return entryInvalid([issueOf(path, 'setting/type', problem)]);
}
