import type { SealedEntry } from '../entry/seal-entry.js';
import type { Finding } from '../errors.js';
import { startPreflight } from './preflight.js';
import { rules } from './rules.js';

/** What may be sent of an entry, or why nothing may: one of both. */
export interface Sendable {
  readonly payload?: SealedEntry;
  readonly problems: readonly Finding[];
}

/**
 * Preflight for what is sent afterwards: an entry becomes JSON once, and what that says is checked, and is the payload. Whatever
 * getters and `toJSON` the entry has, and whoever changes it meanwhile, nothing else is sent. Not public.
 *
 * @param startArguments those of {@link startPreflight}
 */
export function startSendable(
  ...startArguments: Parameters<typeof startPreflight>
): (entry: unknown, place: number) => Sendable {
  const check = startPreflight(...startArguments);
  return (entry, place) => {
    const text = textOf(entry);
    const payload = text === undefined ? undefined : JSON.parse(text);
    const found = check(payload ?? entry, place).filter(isObstacle);
    // Without a text there is nothing to send, whatever the check has made of the entry.
    const problems = found.length === 0 && payload === undefined ? [NO_JSON] : found;
    return problems.length > 0 ? { problems } : { payload, problems };
  };
}

/** Of an object alone: a `Map`, or a `Promise`, has a text as well, which is that of no entry. */
function textOf(entry: unknown): string | undefined {
  try {
    const isObject = Object.prototype.toString.call(entry) === '[object Object]';
    return isObject ? JSON.stringify(entry) : undefined;
  } catch {
    return undefined;
  }
}

const rule = 'payload/not-an-object';
const NO_JSON: Finding = {
  rule,
  ...rules[rule],
  path: '',
  message: 'The entry cannot be read, or is no JSON.',
};

/** What keeps an entry from being sent. The vault knows the current key alone, so that a value under a previous one is an error here. */
function isObstacle({ severity, rule }: Finding): boolean {
  return severity === 'error' || rule === 'credential/previous-key';
}
