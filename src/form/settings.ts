import type { Issue } from '../errors.js';
import { isAudience, isSeconds } from '../handoff/format.js';
import { type Jwk, readJwk } from '../handoff/jwk.js';
import type { HandoffSealOptions } from '../handoff/seal-handoff.js';

/** How each field is asked for that a form may ask for. */
export const KINDS = {
  permissioned_user_id: 'text',
  domain: 'url',
  user_name: 'text',
  password: 'password',
  tfa_secret: 'text',
  user_alias: 'text',
  persist_session_storage: 'checkbox',
  persist_local_storage: 'checkbox',
  persist_cookies: 'checkbox',
  allow_multiple_sessions: 'checkbox',
  prevent_concurrency_during_login: 'checkbox',
} as const;

export type FieldName = keyof typeof KINDS;

/** A field that is asked for. */
export interface Asked {
  readonly name: FieldName;
  readonly isRequired: boolean;
}

/** What the attributes of a form come to. */
export interface Settings {
  readonly publicJwk: Jwk;
  readonly options: HandoffSealOptions;
  readonly fields: readonly Asked[];
  /** What is in the entry beside what is typed. */
  readonly given: Readonly<Record<string, string>>;
}

/** Why a form stays shut: which of its texts says so, and what is said to who set it up. */
export interface Shut {
  readonly reason: 'insecure' | 'noKey' | 'privateKey' | 'badSetting' | 'expired';
  readonly issue: Issue;
}

export const ATTRIBUTES = [
  'public-key',
  'audience',
  'expires-in',
  'valid-until',
  'domain',
  'user-id',
  'fields',
  'own-site',
];
const MAX_EXPIRES_IN = 604_800;

const shut = (reason: Shut['reason'], path: string, message: string): Shut => ({
  reason,
  issue: { path, rule: 'setting/type', message, code: 'ERR_HANDOFF' },
});

/** Reads the attributes of a form. */
export function readSettings(form: HTMLElement, now: number): Settings | Shut {
  const get = (name: string) => form.getAttribute(name) ?? undefined;
  if (!globalThis.isSecureContext || globalThis.crypto?.subtle === undefined)
    return shut('insecure', '', 'No WebCrypto: it needs https or localhost.');
  const until = get('valid-until');
  // The comparison is false for what is no time.
  if (until !== undefined && !(now < Date.parse(until)))
    return shut('expired', 'valid-until', 'valid-until is over, or no time.');
  const publicJwk = parsedKey(get('public-key'));
  if (publicJwk === undefined) return shut('noKey', 'public-key', 'public-key is no JWK of P-256 or X25519.');
  if (publicJwk.d !== undefined)
    return shut('privateKey', 'public-key', 'public-key is a private key: replace it everywhere.');
  const expiresIn = Number(get('expires-in') ?? 600);
  if (!isSeconds(expiresIn, MAX_EXPIRES_IN))
    return shut('badSetting', 'expires-in', `expires-in is 1 to ${MAX_EXPIRES_IN} whole seconds.`);
  const audience = get('audience');
  if (audience !== undefined && !isAudience(audience))
    return shut('badSetting', 'audience', 'audience is 1 to 256 characters.');
  const fields = readFields(get('fields'));
  if (fields === undefined)
    return shut(
      'badSetting',
      'fields',
      `fields is names, with ? behind optional ones, of: ${Object.keys(KINDS).join(' ')}.`,
    );
  const given: Record<string, string> = {};
  const domain = form.hasAttribute('own-site') ? location.origin : get('domain');
  if (domain === undefined) ask(fields, 'domain');
  else given.domain = domain;
  const user = get('user-id');
  if (user === undefined) ask(fields, 'permissioned_user_id');
  else given.permissioned_user_id = user;
  const options = audience === undefined ? { expiresIn } : { expiresIn, audience };
  return { publicJwk, options, fields, given };
}

/** What every entry has is asked for where no attribute gives it. */
function ask(fields: Asked[], name: FieldName): void {
  if (!fields.some((field) => field.name === name)) fields.unshift({ name, isRequired: true });
}

function parsedKey(text = ''): Jwk | undefined {
  try {
    const key = JSON.parse(text);
    readJwk(key, 'public-key');
    return key;
  } catch {
    return undefined;
  }
}

function readFields(text = 'user_name password tfa_secret?'): Asked[] | undefined {
  const fields: Asked[] = [];
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    const name = word.replace(/\?$/, '');
    if (!Object.hasOwn(KINDS, name) || fields.some((field) => field.name === name)) return undefined;
    fields.push({ name: name as FieldName, isRequired: name === word });
  }
  return fields.length === 0 ? undefined : fields;
}
