import { fieldOf } from '../entry/fields.js';
import { type IntervalParts, parseInterval, toInterval } from '../entry/interval.js';
import type { OpenedEntry } from '../entry/open-entry.js';
import type { VaultEntry, VaultUpdate } from '../entry/seal-entry.js';
import { CredsealError } from '../errors.js';
import { TotpSecret } from '../totp/totp-secret.js';
import { canonicalJson } from './canonical-json.js';

/** What is the same under two values has the same text, and what has no text is like nothing else. */
type Meaning = (value: unknown, isStored: boolean) => string | undefined;

/** Fields whose values may be written in several ways. All others are the same if they are the same JSON. */
const meanings: Readonly<Record<string, Meaning>> = {
  tfa_secret: secretMeaning,
  expiry_time_from_last_use: intervalMeaning,
  expiry_time_from_session_data_set: intervalMeaning,
};

/**
 * Which fields of an entry would be others if it were written over one that is stored: by what they mean, so that what is
 * written in another way is no change. A field that is null is to be taken away; one that is left out stays as it is;
 * what only the vault sets is no matter. Names alone come out, never a value.
 *
 * @param desired in plain text, as `sealEntry` takes it. What it would refuse is a change.
 * @param stored an opened answer; null there is the same as not there.
 */
export function changedFields(
  desired: VaultEntry | VaultUpdate | OpenedEntry,
  stored: OpenedEntry,
): string[] {
  return Object.entries(desired).flatMap(([name, value]) => {
    const isSet = fieldOf(name)?.readOnly !== undefined;
    return isSet || value === undefined || isSame(name, value, stored[name]) ? [] : [name];
  });
}

function isSame(name: string, value: unknown, stored: unknown): boolean {
  const isStored = stored !== null && stored !== undefined;
  if (value === null || !isStored) return value === null && !isStored;
  const meaningOf = (Object.hasOwn(meanings, name) && meanings[name]) || canonicalJson;
  const meaning = meaningOf(value, false);
  return meaning !== undefined && meaning === meaningOf(stored, true);
}

/**
 * The canonical base32. A URI comes to that when it is sealed; with other settings than the vault's it is refused there. One
 * that is stored was never sealed by credseal, and gives the vault no code: it means nothing.
 */
function secretMeaning(value: unknown, isStored: boolean): string | undefined {
  if (isStored && String(value).includes(':')) return undefined;
  return readable(() => {
    const secret = value instanceof TotpSecret ? value : TotpSecret.parse(value as string);
    const { algorithm, digits, period, base32 } = secret;
    return algorithm === 'SHA1' && digits === 6 && period === 30 ? base32 : undefined;
  });
}

/**
 * What PostgreSQL keeps of an interval: months, days and microseconds, of which none is ever turned into another. Its own
 * `=` is laxer (a month as 30 days, a day as 24 hours), but two intervals that are equal by it may still be apart when they
 * are added to a date: `1 mon` is 28 to 31 days, and `1 day` 23 to 25 hours. A difference that can be felt is a change.
 */
function intervalMeaning(value: unknown): string | undefined {
  return readable(() => {
    const { months, days, microseconds } = parseInterval(toInterval(value as string | IntervalParts));
    return `${months} ${days} ${microseconds}`;
  });
}

/** What can be read; undefined where that is refused. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CredsealError) return undefined;
    throw error;
  }
}
