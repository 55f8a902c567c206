import { fieldOf } from '../entry/fields.js';
import { parseInterval } from '../entry/interval.js';
import { isObject } from '../inspection.js';
import { TotpSecret } from '../totp/totp-secret.js';

type Opened = Readonly<Record<string, unknown>>;

/**
 * The names of the fields in which what is stored is not what is desired, both in plain text. A field that is not desired is
 * left alone; a desired null is met by null, by nothing, and by nothing else. Fields that only the vault sets are none to
 * desire. Values are compared by what they mean: see {@link meaningOf}.
 *
 * @returns in the order of the desired entry; never a value.
 */
export function changedFields(desired: Opened, stored: Opened): string[] {
  return Object.keys(desired).filter((name) => {
    if (desired[name] === undefined || fieldOf(name)?.readOnly) return false;
    return meaningOf(name, desired[name]) !== meaningOf(name, stored[name]);
  });
}

/**
 * A text that two values share exactly if they mean the same. An interval is what PostgreSQL keeps of it: months, days and
 * microseconds, each for itself, since a day may have 23 hours; `90 minutes` is `01:30:00`, and `24:00` is no `1 day`.
 * A TOTP secret is its canonical base32. Members of an object have no order.
 */
function meaningOf(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(textOf(name, value));
  return JSON.stringify(value, (_name, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

function textOf(name: string, text: string): unknown {
  try {
    if (name === 'tfa_secret') return TotpSecret.parse(text).base32;
    if (name.startsWith('expiry_time_')) return Object.values(parseInterval(text)).map(String);
  } catch {
    // What another client stored may be none: then it is compared as the text that it is.
    return text;
  }
  return text;
}
