import type { Operation } from '../entry/check.js';
import { fieldOf, isSealedField } from '../entry/fields.js';
import type { Finding, RuleId } from '../errors.js';
import type { KeyRing } from '../key/key-ring.js';
import { startPreflight } from '../preflight/preflight.js';
import { isSealed, openBytes } from '../value/sealed-value.js';
import { Refusal } from './refusal.js';

type Fields = Readonly<Record<string, unknown>>;

/** What payloads are held against. */
export interface PayloadRules {
  readonly ring: KeyRing;
  readonly allowUnknown: readonly string[];
}

/** Answered by 401: the vault refuses a credential that is not sealed with the workspace's key, or not JSON inside. */
const NOT_UNDER_THE_KEY = new Set<RuleId>([
  'credential/plaintext',
  'credential/malformed',
  'credential/wrong-key-or-changed',
  'credential/previous-key',
  'credential/not-json-string',
]);

/** What preflight says for the author's sake, and the vault cannot know or does not mind. */
const NOT_THE_VAULTS = new Set<RuleId>([
  'payload/nothing-to-update',
  'credential/copied',
  'credential/iv-reused',
]);

/**
 * Holds a payload against preflight, and gives the fields that result, without those that are null or undefined.
 *
 * @param stored on update, the fields that are there: rules between fields hold for what comes of both.
 * @throws Refusal 400 or 401
 */
export function checkedFields(
  payload: Fields,
  stored: Fields | undefined,
  operation: Operation,
  rules: PayloadRules,
): Fields {
  const sent = withoutSealedNull(payload, rules.ring, operation);
  const merged = { ...stored, ...sent };
  // A field that is stored was allowed when it came.
  const allowUnknown = [...rules.allowUnknown, ...Object.keys(stored ?? {})];
  // A fresh run for every payload: nothing is remembered of others.
  const check = startPreflight({ keys: rules.ring, operation, allowUnknown }, () => '');
  const faults = check(merged, 0).filter((finding) => isFault(finding, sent));
  if (faults.length > 0) {
    const isUnauthorised = faults.every(
      ({ rule, path }) => NOT_UNDER_THE_KEY.has(rule) && typeof sent[path] === 'string',
    );
    throw new Refusal(isUnauthorised ? 401 : 400, faults.map(sentence).join(' '));
  }
  const isKept = ([name, value]: [string, unknown]) => value !== null && value !== undefined && name !== 'id';
  return Object.fromEntries(Object.entries(merged).filter(isKept));
}

function isFault({ rule, severity, path }: Finding, sent: Fields): boolean {
  if (NOT_THE_VAULTS.has(rule)) return false;
  // After a rotation the vault has the new key only; what it has stored before may still be under the old one.
  if (rule === 'credential/previous-key') return sent[path] !== undefined;
  return severity === 'error';
}

function sentence({ rule, message, hint }: Finding): string {
  return rule === 'credential/previous-key'
    ? `${message} The vault has the current key only. ${hint}`
    : `${message} ${hint}`;
}

/**
 * The published JavaScript client seals null as the text `null`, which is JSON: the vault opens it and finds nothing.
 * It counts as null, and on create as left out.
 */
function withoutSealedNull(payload: Fields, ring: KeyRing, operation: Operation): Fields {
  const entries = Object.entries(payload).map(([name, value]): [string, unknown] => {
    const field = fieldOf(name);
    if (field === undefined || !isSealedField(field, payload) || !holdsNull(value, ring))
      return [name, value];
    return [name, operation === 'update' ? null : undefined];
  });
  return Object.fromEntries(entries);
}

/** IV, the four bytes of `null`, and tag. */
const SEALED_NULL_DIGITS = 2 * (12 + 4 + 16);

function holdsNull(value: unknown, ring: KeyRing): boolean {
  if (!isSealed(value) || value.length !== SEALED_NULL_DIGITS) return false;
  const opened = openBytes(value, [ring.current]);
  if (opened === undefined) return false;
  const isNull = new TextDecoder().decode(opened.plaintext) === 'null';
  opened.plaintext.fill(0);
  return isNull;
}
