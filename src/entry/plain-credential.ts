import type { Issue } from '../errors.js';
import { isObject, typeName } from '../inspection.js';
import type { VaultKey } from '../key/vault-key.js';
import { withZeroRest } from '../totp/base32.js';
import { unsupported } from '../totp/settings.js';
import { TotpSecret } from '../totp/totp-secret.js';
import { opensUnder } from '../value/sealed-value.js';
import { addIssue, readOrAddIssue } from './issue.js';
import { proxyValueProblem } from './proxy-value.js';
import { isReference } from './reference.js';
import type { Schema } from './schemas.js';

/**
 * What a credential is in plain text, before it is sealed; a TOTP secret comes out in canonical form.
 *
 * @param keys what is a sealed value of one of these is none to seal again.
 */
export const plainCredential =
  (keys: readonly VaultKey[]): Schema<unknown> =>
  (value, path, issues) => {
    const isTotp = path === 'tfa_secret';
    if (isTotp && isObject(value) && value instanceof TotpSecret) return vaultTotp(value, path, issues);
    if (isReference(value))
      addIssue(issues, path, 'setting/type', 'is a reference: resolveReferences comes first');
    else if (typeof value !== 'string')
      addIssue(issues, path, 'setting/type', `must be a string; got ${typeName(value)}`);
    else if (value === '') addIssue(issues, path, 'credential/empty', 'must not be empty: leave it out');
    else if (opensUnder(value.trim(), keys)) {
      const problem = 'is sealed already: open it first, or send it as it is';
      addIssue(issues, path, 'credential/sealed-twice', problem, 'ERR_ALREADY_SEALED');
    } else if (isTotp) return vaultTotp(value, path, issues);
    else if (path === 'proxy_value') {
      const problem = proxyValueProblem('custom', value);
      if (problem) addIssue(issues, path, 'setting/proxy', problem);
    }
    return value;
  };

/** The vault stores the secret alone, so that SHA1, 6 digits and 30 s are the only settings it can have in mind. */
function vaultTotp(value: string | TotpSecret, path: string, issues: Issue[]): unknown {
  return readOrAddIssue(issues, path, 'totp/format', value, () => {
    const secret = typeof value === 'string' ? TotpSecret.parse(value) : value;
    if (secret.algorithm === 'SHA1' && secret.digits === 6 && secret.period === 30)
      return withZeroRest(secret.base32);
    throw unsupported(`The vault takes SHA1, 6 digits, 30 s; from ${secret} it would make wrong codes.`);
  });
}
