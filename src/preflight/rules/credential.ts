import { addIssue } from '../../entry/issue.js';
import { proxyValueProblem } from '../../entry/proxy-value.js';
import { isReference } from '../../entry/reference.js';
import type { Issue, RuleId } from '../../errors.js';
import type { keysOf } from '../../key/key-ring.js';
import { isSealed, openBytes, opensUnder, readPlaintext } from '../../value/sealed-value.js';
import { error, warning } from './rule.js';
import { checkTotp } from './totp.js';

export const credentialRules = {
  /** A credential that is not sealed. */
  'credential/plaintext': error(
    'Seal it (sealEntry, credseal payload). If it was sent or logged, change it.',
  ),
  /** A credential that was sealed and is damaged: cut off, or with white space or something else in it. */
  'credential/malformed': error('Send the sealed value complete and unchanged.'),
  /** No key at hand opens it: another key, or a changed value; GCM cannot tell which. */
  'credential/wrong-key-or-changed': error(
    'Compare fingerprints (credseal key show), then seal it again from its source.',
  ),
  /** It opens under a previous key of the ring, and not under the current one. */
  'credential/previous-key': warning('Seal it again under the current key: rotateEntry, credseal rotate.'),
  /** It opens, and what is inside is not the JSON text of a string. */
  'credential/not-json-string': error('Seal it (sealEntry, credseal payload).'),
  /** The credential is the empty text, sealed or not. */
  'credential/empty': error('Leave the field out, or on update set it to null.'),
  /** What is inside is a sealed value itself: the hex text would be used as the credential. */
  'credential/sealed-twice': error('Open it once, and send what comes out.'),
  /** White space at the start or end of a credential, often from copy and paste. */
  'credential/surrounding-space': warning('If it does not belong there, seal it again without.'),
  /** Two different values under one IV: whoever has both learns about them, and can forge others. */
  'credential/iv-reused': error('Find what repeats IVs, rotate the key, and seal everything again.'),
  /** The same sealed value in two places. The format binds a value to no entry, so that a copy opens anywhere. */
  'credential/copied': error('Seal each credential by itself.'),
};

type Ring = ReturnType<typeof keysOf>;

/**
 * Looks at one sealed credential: shape, tag, key, JSON, and what is inside, of which nothing is told but rules broken.
 *
 * @param ring undefined where nothing is to be opened: then a sealed value counts as one that opens.
 * @returns whether it opens; undefined if it has not the shape of a sealed value.
 */
export function checkCredential(
  value: unknown,
  path: string,
  ring: Ring | undefined,
  issues: Issue[],
): boolean | undefined {
  const broken = (rule: RuleId, problem: string) => {
    addIssue(issues, path, rule, problem);
  };
  if (!isSealed(value)) {
    // What is left of a sealed value begins with an IV, which no password does by chance.
    if (isReference(value)) broken('credential/plaintext', 'is a reference, not resolved and not sealed');
    else if (value === '') broken('credential/empty', 'is empty');
    else if (typeof value === 'string' && value.length >= 40 && /^\s*[0-9a-f]{24}/i.test(value))
      broken('credential/malformed', `is ${value.length} characters that are no sealed value`);
    else broken('credential/plaintext', 'is not sealed');
    return undefined;
  }
  if (!ring) return true;
  const opened = openBytes(value, ring.keys);
  if (!opened) return false;
  if (opened.key !== ring.current)
    broken('credential/previous-key', `is sealed under ${opened.key}; the current key is ${ring.current}`);

  const text = readPlaintext(opened.plaintext);
  if (text === undefined) broken('credential/not-json-string', 'does not hold a JSON string');
  else if (text === '') broken('credential/empty', 'holds the empty text');
  else if (opensUnder(text.trim(), ring.keys)) broken('credential/sealed-twice', 'holds a sealed value');
  else if (path === 'tfa_secret') checkTotp(text, path, issues);
  else {
    const problem = path === 'proxy_value' && proxyValueProblem('custom', text);
    if (problem) broken('setting/proxy', problem);
    if (text !== text.trim()) broken('credential/surrounding-space', 'begins or ends with white space');
  }
  return true;
}

/** What does not open, with what can be known: GCM tells no wrong key from a changed value, but the others can. */
export function addUnopened(paths: readonly string[], sealed: number, { keys }: Ring, issues: Issue[]): void {
  let likely = '';
  if (sealed > 1) {
    likely =
      paths.length === sealed
        ? '. No value of this entry opens: rather the key'
        : '. Others of this entry open: rather the value';
  }
  for (const path of paths) {
    const problem = `does not open under ${keys.join(', ')}: another key, or a changed value${likely}`;
    addIssue(issues, path, 'credential/wrong-key-or-changed', problem);
  }
}
