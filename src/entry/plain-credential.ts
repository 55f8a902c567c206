import { CredsealError, type Issue, type RuleId } from '../errors.js';
import { typeName } from '../inspection.js';
import { TotpSecret } from '../totp/totp-secret.js';
import type { FieldResult } from './check.js';
import { proxyValueProblem } from './proxy-value.js';

// The vault stores the secret alone, so that these are the only settings it can have in mind.
const VAULT_TOTP = { algorithm: 'SHA1', digits: 6, period: 30 };

/**
 * Checks a credential in plain text, before it is sealed; a TOTP secret comes out in canonical form.
 *
 * @param isSealedAlready tells whether a text is a sealed value of a key at hand.
 */
export function checkPlainCredential(
  path: string,
  value: unknown,
  isSealedAlready: (text: string) => boolean,
): FieldResult {
  const problem = (rule: RuleId, message: string): Issue[] => [
    { path, rule, message: `${path} ${message}.` },
  ];
  if (path === 'tfa_secret' && value instanceof TotpSecret) return checkTotp(path, value);
  if (typeof value !== 'string') return problem('setting/type', `must be a string; got ${typeName(value)}`);
  if (value === '') return problem('credential/empty', 'must not be empty: leave it out');
  if (isSealedAlready(value)) {
    const message = `${path} is sealed already: open the entry first, or send it as it is.`;
    return [{ path, rule: 'credential/sealed-twice', message, code: 'ERR_ALREADY_SEALED' }];
  }
  if (path === 'tfa_secret') return checkTotp(path, value);
  // The only other credential that has a form is the URL of a proxy of one's own.
  const proxyProblem = path === 'proxy_value' ? proxyValueProblem('custom', value) : undefined;
  return proxyProblem === undefined ? { value } : problem('setting/proxy', proxyProblem);
}

function checkTotp(path: string, value: string | TotpSecret): FieldResult {
  try {
    const secret = typeof value === 'string' ? TotpSecret.parse(value) : value;
    const { algorithm, digits, period } = VAULT_TOTP;
    if (secret.algorithm === algorithm && secret.digits === digits && secret.period === period) {
      return { value: secret.base32 };
    }
    const message = `${path} would give wrong codes: the vault stores the secret alone, for SHA1, 6 digits, 30 s; this is ${secret}.`;
    return [{ path, rule: 'totp/format', message, code: 'ERR_TOTP_UNSUPPORTED' }];
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    return [{ path, rule: 'totp/format', message: `${path}: ${error.message}`, code: error.code }];
  }
}
