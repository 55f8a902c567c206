import { proxyValueProblem } from '../entry/proxy-value.js';
import type { Issue, RuleId } from '../errors.js';
import { CredsealError } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import { TotpSecret } from '../totp/totp-secret.js';
import { isSealed, openBytes, opensUnder, readPlaintext } from '../value/sealed-value.js';

/** RFC 4226 section 4, R6: "the length of the shared secret MUST be at least 128 bits". */
const MIN_TOTP_BITS = 128;

type Ring = Pick<KeyRing, 'current' | 'keys'>;

/** What can be said of one credential of a payload. */
export interface CredentialVerdict {
  readonly issues: Issue[];
  /** Whether it has the shape of a sealed value; and then, whether a key opens it. */
  readonly isSealed: boolean;
  readonly opens: boolean;
}

/** Looks at one sealed credential: shape, tag, key, JSON, and what is inside, of which nothing is told but rules broken. */
export function inspectCredential(path: string, value: unknown, ring: Ring): CredentialVerdict {
  const issue = (rule: RuleId, message: string): Issue => ({
    path,
    rule,
    // What another check says ends in a full stop of its own.
    message: `${path} ${message}.`.replace('..', '.'),
  });
  if (value === '') return { issues: [issue('credential/empty', 'is empty')], isSealed: false, opens: false };
  if (!isSealed(value)) return { issues: [unsealed(issue, value)], isSealed: false, opens: false };
  const opened = openBytes(value, ring.keys);
  if (opened === undefined) return { issues: [], isSealed: true, opens: false };

  const issues: Issue[] = [];
  if (opened.key !== ring.current) {
    issues.push(
      issue(
        'credential/previous-key',
        `is sealed under a previous key, ${opened.key}; the current one is ${ring.current}`,
      ),
    );
  }
  const text = readPlaintext(opened.plaintext);
  if (text === undefined)
    issues.push(issue('credential/not-json-string', 'opens, but does not hold a JSON string'));
  else if (text === '') issues.push(issue('credential/empty', 'holds the empty text'));
  else if (opensUnder(text, ring.keys))
    issues.push(issue('credential/sealed-twice', 'holds a value that is sealed itself'));
  else if (path === 'tfa_secret') issues.push(...totpIssues(issue, text));
  else {
    if (path === 'proxy_value') {
      const problem = proxyValueProblem('custom', text);
      if (problem !== undefined) issues.push(issue('setting/proxy', problem));
    }
    if (text !== text.trim())
      issues.push(issue('credential/surrounding-space', 'begins or ends with white space'));
  }
  return { issues, isSealed: true, opens: true };
}

type MakeIssue = (rule: RuleId, message: string) => Issue;

/** Plain text, or what is left of a sealed value? It begins with an IV, which no password does by chance. */
function unsealed(issue: MakeIssue, value: unknown): Issue {
  const isDamaged = typeof value === 'string' && /^\s*[0-9a-f]{24}/i.test(value) && value.length >= 40;
  if (!isDamaged) return issue('credential/plaintext', 'is not sealed');
  return issue(
    'credential/malformed',
    `is ${value.length} characters that are not the hex of a sealed value`,
  );
}

function totpIssues(issue: MakeIssue, text: string): Issue[] {
  try {
    const secret = TotpSecret.parse(text);
    if (secret.base32 !== text)
      return [issue('totp/format', 'is not canonical base32: upper case, no spaces, no padding, no URI')];
    return secret.bits < MIN_TOTP_BITS
      ? [issue('totp/short', `has ${secret.bits} bits; RFC 4226 asks for at least 128`)]
      : [];
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    return [issue('totp/format', `holds no TOTP secret: ${error.message}`)];
  }
}
