import { CredsealError, type CredsealErrorCode, type Issue, type RuleId } from '../errors.js';

/** One problem of an entry: `problem` ends the sentence that begins with the path. It never quotes a value. */
export function issueOf(path: string, rule: RuleId, problem: string, code?: CredsealErrorCode): Issue {
  // What another check said may end in a full stop of its own, and a suggestion ends in a question mark.
  const message = `${path} ${problem}${/[.?]$/.test(problem) ? '' : '.'}`.trimStart();
  return code === undefined ? { path, rule, message } : { path, rule, message, code };
}

/** Adds an issue to what is known of an entry: see {@link issueOf}. */
export function addIssue(issues: Issue[], ...issue: Parameters<typeof issueOf>): void {
  issues.push(issueOf(...issue));
}

/** The error that carries the problems of an entry, at least one. */
export function entryInvalid(issues: readonly Issue[]): CredsealError {
  const [{ path, message } = issueOf('', 'payload/not-an-object', 'Invalid'), ...others] = issues;
  return others.length === 0
    ? new CredsealError('ERR_ENTRY_INVALID', message, { issues, ...(path && { field: path }) })
    : new CredsealError('ERR_ENTRY_INVALID', `${message} (and ${others.length} more: see issues)`, {
        issues,
      });
}
