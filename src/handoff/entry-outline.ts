import { closestName, spellingsOf } from '../closest-name.js';
import { jsonText } from '../entry/json.js';
import { CredsealError, type Issue, type RuleId } from '../errors.js';
import { isObject } from '../inspection.js';
import type { TotpSecret } from '../totp/totp-secret.js';
import { credentialFields, requiredFields, writableFields } from './field-names.js';

/**
 * Checks of an entry what weighs little: that it is JSON data, its names, that the required ones are there, and that
 * credentials are texts. (The field table is five times what is left to a front end beside the cryptography. The
 * worker holds the entry against it.)
 *
 * @returns the JSON text: what was checked is what is sealed, whatever getters the entry has.
 * @throws CredsealError `ERR_ENTRY_INVALID`
 */
export function entryText(entry: object): string {
  const issues: Issue[] = [];
  const add = (path: string, rule: RuleId, problem: string) =>
    issues.push({ path, rule, message: `${path || 'The entry'} ${problem}.` });
  const text = jsonText(plainCopy(entry));
  const given: Record<string, unknown> = JSON.parse(text ?? '{}');
  if (text === undefined) add('', 'setting/type', 'must be JSON data');
  for (const name of text ? requiredFields : []) {
    if (given[name] === undefined) add(name, 'payload/missing-field', 'is required');
  }
  for (const [name, value] of Object.entries(given)) {
    if (!writableFields.includes(name)) {
      const meant = closestName(name, spellingsOf(writableFields));
      const path = name.replaceAll(/\W/g, '?').slice(0, 60);
      add(path, 'payload/unknown-field', `is no field ${meant ? `(did you mean ${meant}?)` : 'to write'}`);
    } else if (credentialFields.includes(name) && (typeof value !== 'string' || value === '')) {
      add(name, 'setting/type', 'must be a text, not empty');
    }
  }
  if (text && issues.length === 0) return text;
  throw new CredsealError('ERR_ENTRY_INVALID', issues.map(({ message }) => message).join(' '), { issues });
}

/** The members of the entry, with the base32 of a TotpSecret in its place; nothing if they cannot be read. */
function plainCopy(entry: object): object | undefined {
  try {
    if (!isObject(entry)) return undefined;
    const copy: { tfa_secret?: Partial<TotpSecret> | string | undefined } = { ...entry };
    const totp = copy.tfa_secret as Partial<TotpSecret> | undefined;
    // The settings that the vault has in mind: with others, the secret alone would give wrong codes.
    if (totp?.algorithm === 'SHA1' && totp.digits === 6 && totp.period === 30) copy.tfa_secret = totp.base32;
    return copy;
  } catch {
    return undefined;
  }
}
