import { addIssue, readOrAddIssue } from '../../entry/issue.js';
import type { Given } from '../../entry/rules.js';
import type { Issue } from '../../errors.js';
import { withZeroRest } from '../../totp/base32.js';
import { TotpSecret } from '../../totp/totp-secret.js';
import { error, warning } from './rule.js';

export const totpRules = {
  /** The TOTP secret is none that the vault reads: not canonical base32, a URI, a code. */
  'totp/format': error('Seal it (sealEntry, credseal payload), which makes it canonical.'),
  /** The TOTP secret has bits beyond its last whole byte that are not zero: readers differ in what they make of it. */
  'totp/not-canonical': warning('Open it and seal it again (sealEntry, credseal payload).'),
  /** The TOTP secret is shorter than the 128 bits of RFC 4226. Some sites issue such. */
  'totp/short': warning('Ask the site for a longer one.'),
  /** `tfa_method` is `AUTHENTICATOR`, and there is no `tfa_secret`. */
  'totp/missing-secret': error('Add tfa_secret, or choose another tfa_method.'),
  /** A `tfa_secret` beside a `tfa_method` that does not use it. */
  'totp/unused-secret': warning('Leave tfa_secret out, or set tfa_method to AUTHENTICATOR.'),
};

/** RFC 4226 section 4, R6: "the length of the shared secret MUST be at least 128 bits". */
const MIN_BITS = 128;

/** A TOTP secret that came out of its seal. */
export function checkTotp(text: string, path: string, issues: Issue[]): void {
  readOrAddIssue(issues, path, 'totp/format', text, () => {
    const { base32, bits } = TotpSecret.parse(text);
    if (base32 !== text) {
      addIssue(issues, path, 'totp/format', 'is not canonical base32: upper case, no spaces, no padding');
      return;
    }
    if (withZeroRest(text) !== text)
      addIssue(issues, path, 'totp/not-canonical', 'has bits beyond its last whole byte that are not zero');
    if (bits < MIN_BITS)
      addIssue(issues, path, 'totp/short', `has ${bits} bits; RFC 4226 asks for ${MIN_BITS}`);
  });
}

/** A TOTP secret beside another method. Without a method nobody can say: on update it may be set already. */
export function checkTotpUse({ tfa_method, tfa_secret }: Given, issues: Issue[]): void {
  if (tfa_secret && typeof tfa_method === 'string' && tfa_method !== 'AUTHENTICATOR')
    addIssue(issues, 'tfa_secret', 'totp/unused-secret', 'is not used by this tfa_method');
}
