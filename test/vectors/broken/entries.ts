import { createDecipheriv } from 'node:crypto';
import { toInterval } from '../../../src/entry/interval.js';
import { isIpAddress } from '../../../src/entry/ip-address.js';
import { withZeroRest } from '../../../src/totp/base32.js';
import { TotpSecret } from '../../../src/totp/totp-secret.js';
import { answerRequest, type VectorAnswer } from '../../../src/vectors/index.js';
import { type Check, CREDENTIALS, isObject, type Problem, READ_ONLY, TABLE, text } from './entry-table.js';
import { encrypt, type Implementation, strictJson } from './implementation.js';

// Somebody's own entries and preflight: the table of fields, steps that are taken one by one, and habits, which are bugs.

type Entry = Readonly<Record<string, unknown>>;

/** What can be left out, or done by whoever does not know better. */
export type Step =
  | 'object'
  | 'array in array'
  | 'required'
  | 'unknown'
  | 'read-only'
  | 'empty'
  | 'sealed already'
  | 'TOTP'
  | 'TOTP settings'
  | 'missing secret'
  | 'concurrency'
  | 'proxy setting'
  | 'provider'
  | 'nothing to update'
  | 'damage'
  | 'tag'
  | 'current key'
  | 'JSON'
  | 'plaintext'
  | 'proxy by form'
  | 'backed'
  | 'space'
  | 'canonical'
  | 'rest'
  | 'bits'
  | 'IV'
  | 'copy'
  | 'domain form'
  | 'unused secret'
  | 'duplicate'
  | 'parts';

export interface Habits {
  readonly without?: readonly Step[];
  /** Rows of the table in place of the right ones. */
  readonly rows?: Readonly<Record<string, Check>>;
  readonly proxyValue?: (setting: unknown, value: string) => boolean;
  /** A TOTP secret as it is sealed. */
  readonly secret?: (text: string) => string;
  readonly isSealedField?: (name: string, entry: Entry) => boolean;
  readonly sealedText?: (value: unknown) => unknown;
  readonly interval?: (value: unknown) => unknown;
  readonly padTo?: (padTo: unknown) => number;
  readonly allows?: (name: string, allowUnknown: readonly string[]) => boolean;
  /** What is done with a stored credential that does not open; by default it is an error. */
  readonly unopened?: (sealed: unknown) => unknown;
  readonly isEntry?: (entry: unknown) => boolean;
  readonly keeps?: (name: string, value: unknown) => boolean;
  readonly sealsNull?: boolean;
  readonly leastBits?: number;
  /** What is opened with where there is no key. */
  readonly keysForNone?: unknown;
}

const isThere = (value: unknown) => value !== undefined && value !== null;

const isSealed = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:[0-9a-f]{2}){30,}$/i.test(value) && !/\s/.test(value);

function decrypted(sealed: string, keys: readonly string[]): { key: string; plaintext: Buffer } | undefined {
  const bytes = Buffer.from(sealed, 'hex');
  for (const key of keys) {
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    const plaintext = decipher.update(bytes.subarray(12, -16));
    try {
      decipher.final();
      return { key, plaintext };
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}
function textInside(plaintext: Buffer): string | undefined {
  try {
    const value = strictJson(plaintext);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
const opens = (value: string, keys: readonly string[]) =>
  isSealed(value.trim()) && decrypted(value.trim(), keys) !== undefined;

function isProxyValue(setting: unknown, value: string): boolean {
  if (setting === 'country') return /^[a-z]{2}$/i.test(value);
  if (setting === 'static') return isIpAddress(value);
  if (setting === 'custom') return /^(socks5|https?):\/\/[^\s/]\S*$/i.test(value) && URL.canParse(value);
  return isIpAddress(value) || !/[:@]/.test(value);
}

/** Entries and preflight with habits. Without any, they are right. */
export function entriesBy({
  without = [],
  rows = {},
  proxyValue = isProxyValue,
  secret = (value) => withZeroRest(TotpSecret.parse(value).base32),
  isSealedField = (name, entry) =>
    CREDENTIALS.includes(name) || (name === 'proxy_value' && entry.proxy_setting === 'custom'),
  sealedText = (value) => value,
  interval: sentInterval = (value) => (isObject(value) ? toInterval(value) : value),
  padTo: padded = (padTo) => Number(padTo ?? 1),
  allows = (name, allowUnknown) => allowUnknown.includes(name),
  unopened,
  isEntry = (entry) =>
    isObject(entry) &&
    ['permissioned_user_id', 'domain', ...CREDENTIALS, 'proxy_value'].some((name) => name in entry),
  keysForNone = 'none',
  keeps = () => true,
  sealsNull = false,
  leastBits = 128,
}: Habits): Implementation {
  const does = (step: Step) => !without.includes(step);

  function problemsOf(
    entry: unknown,
    operation: unknown,
    allowUnknown: readonly string[],
    credential: Check,
  ): Problem[] {
    if (!isObject(entry)) return does('object') ? [{ path: '', rule: 'payload/not-an-object' }] : [];
    const problems: Problem[] = [];
    const add = (path: string, rule: string) => problems.push({ path, rule });
    if (does('required'))
      for (const name of ['permissioned_user_id', 'domain'])
        if (!(name in entry)) add(name, 'payload/missing-field');
    for (const [name, value] of Object.entries(entry)) {
      const check = Object.hasOwn(rows, name)
        ? rows[name]
        : Object.hasOwn(TABLE, name)
          ? TABLE[name]
          : undefined;
      if (READ_ONLY.includes(name) || (name === 'id' && operation !== 'update')) {
        if (does('read-only')) add(name, 'payload/read-only-field');
      } else if (check === undefined) {
        if (does('unknown') && !allows(name, allowUnknown)) add(name, 'payload/unknown-field');
      } else if (value === null && operation === 'update' && [...CREDENTIALS, 'proxy_value'].includes(name)) {
        // It is taken away.
      } else if (isSealedField(name, entry)) {
        if (value !== null) problems.push(...credential(value, name));
        else problems.push(...check(value, name));
      } else {
        const found = check(value, name);
        if (name === 'proxy_value' && found.length === 0 && !proxyValue(entry.proxy_setting, String(value)))
          add(name, 'setting/proxy');
        problems.push(...found);
      }
    }
    problems.push(...between(entry));
    return problems;
  }

  function between(entry: Entry): Problem[] {
    const has = (name: string) => isThere(entry[name]);
    const isBacked = has('secret_provider_id') || has('secret_ref');
    const rules: [step: Step, isBroken: boolean, path: string, rule: string][] = [
      [
        'missing secret',
        entry.tfa_method === 'AUTHENTICATOR' && !has('tfa_secret') && !(isBacked && does('backed')),
        'tfa_secret',
        'totp/missing-secret',
      ],
      [
        'concurrency',
        has('max_concurrency') && entry.allow_multiple_sessions !== true,
        'max_concurrency',
        'setting/concurrency',
      ],
      ['proxy setting', has('proxy_value') && !has('proxy_setting'), 'proxy_value', 'setting/proxy'],
      ['provider', isBacked && !has('secret_ref'), 'secret_ref', 'setting/provider'],
      ['provider', isBacked && !has('secret_provider_id'), 'secret_provider_id', 'setting/provider'],
      ...CREDENTIALS.map((name): [Step, boolean, string, string] => [
        'provider',
        isBacked && has(name),
        name,
        'setting/provider',
      ]),
      [
        'provider',
        !isBacked && has('secret_cache_ttl_seconds'),
        'secret_cache_ttl_seconds',
        'setting/provider',
      ],
    ];
    return rules.flatMap(([step, isBroken, path, rule]) => (isBroken && does(step) ? [{ path, rule }] : []));
  }

  const plainCredential =
    (keys: readonly string[]): Check =>
    (value, path) => {
      const check = rows[path] ?? text;
      if (typeof value !== 'string') return check(value, path);
      if (value === '') return does('empty') ? [{ path, rule: 'credential/empty' }] : [];
      if (does('sealed already') && opens(value, keys)) return [{ path, rule: 'credential/sealed-twice' }];
      if (path === 'tfa_secret' && !isSecret(value)) return [{ path, rule: 'totp/format' }];
      if (path === 'proxy_value' && !proxyValue('custom', value)) return [{ path, rule: 'setting/proxy' }];
      return [];
    };
  function isSecret(value: string): boolean {
    if (!does('TOTP')) return true;
    try {
      const { algorithm, digits, period } = TotpSecret.parse(value);
      return !does('TOTP settings') || (algorithm === 'SHA1' && digits === 6 && period === 30);
    } catch {
      return false;
    }
  }

  function sealEntry({ key, ivs, entry, operation, padTo, allowUnknown = [] }: Entry): VectorAnswer {
    const issues = problemsOf(entry, operation, allowUnknown as string[], plainCredential([String(key)]));
    if (issues.length > 0) return { error: 'ERR_ENTRY_INVALID', issues };
    const seal = (name: string, value: string | null) => {
      const given = name === 'tfa_secret' && value !== null && does('TOTP') ? secret(value) : value;
      const json = Buffer.from(JSON.stringify(sealedText(given)));
      const spaces = -json.length % padded(padTo);
      const length = json.length + (spaces < 0 ? padded(padTo) + spaces : 0);
      const iv = (ivs as Record<string, string>)[name] ?? '00'.repeat(12);
      return encrypt(Buffer.concat([json, Buffer.alloc(length - json.length, ' ')]), String(key), iv);
    };
    const sealed = Object.entries(Object(entry) as Entry)
      .filter(([name, value]) => keeps(name, value))
      .map(([name, value]) => {
        if (
          isSealedField(name, entry as Entry) &&
          (typeof value === 'string' || (value === null && sealsNull))
        )
          return [name, seal(name, value)];
        return [name, name.startsWith('expiry_time_') ? sentInterval(value) : value];
      });
    return { sealedEntry: Object.fromEntries(sealed) };
  }

  function openEntry({ key, sealedEntry }: Entry): VectorAnswer {
    if (!isEntry(sealedEntry)) return { error: 'ERR_ENTRY_INVALID' };
    const stored = sealedEntry as Entry;
    const opened: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(stored)) {
      if (!keeps(name, value)) continue;
      opened[name] = value;
      if (![...CREDENTIALS, 'proxy_value'].includes(name) || !isThere(value)) continue;
      if (!isSealedField(name, stored) && (!isSealed(value) || !does('proxy by form'))) continue;
      const found = isSealed(value) ? decrypted(value, [String(key)]) : undefined;
      const inside = found && textInside(found.plaintext);
      if (inside === undefined) {
        const error = !isSealed(value) ? 'SEALED_FORMAT' : found ? 'PLAINTEXT_FORMAT' : 'OPEN_FAILED';
        if (unopened === undefined) return { error: `ERR_${error}`, field: name };
        opened[name] = unopened(value);
      } else if (does('sealed already') && opens(inside, [String(key)])) {
        return { error: 'ERR_ALREADY_SEALED', field: name };
      } else opened[name] = inside;
    }
    return { opened };
  }

  function preflight({ keys, operation, payload }: Entry): VectorAnswer {
    const ring = (keys === 'none' ? keysForNone : keys) as string[];
    const firstUnderIv = new Map<string, string>();
    const names = new Set<string>();
    const sealedCredential: Check = (value, path) => [...lookAt(value, path, ring), ...compare(value, path)];

    function compare(value: unknown, path: string): Problem[] {
      if (!isSealed(value)) return [];
      const [iv, whole] = [value.slice(0, 24).toLowerCase(), value.toLowerCase()];
      const first = firstUnderIv.get(iv);
      if (first === undefined) firstUnderIv.set(iv, whole);
      else if (first === whole) return does('copy') ? [{ path, rule: 'credential/copied' }] : [];
      else return does('IV') ? [{ path, rule: 'credential/iv-reused' }] : [];
      return [];
    }

    function checkOne(each: unknown): Problem[] {
      const problems = problemsOf(each, operation, [], sealedCredential);
      if (!isObject(each)) return problems;
      const { domain, tfa_method, tfa_secret, permissioned_user_id } = each;
      const add = (step: Step, isBroken: boolean, path: string, rule: string) => {
        if (isBroken && does(step)) problems.push({ path, rule });
      };
      for (const [name, value] of Object.entries(each))
        if (name.startsWith('expiry_time_'))
          add('parts', isObject(value) && !problems.some(({ path }) => path === name), name, 'setting/type');
      const isNaming = (name: string) => ['permissioned_user_id', 'domain', 'id'].includes(name);
      add(
        'nothing to update',
        operation === 'update' && Object.keys(each).every(isNaming),
        '',
        'payload/nothing-to-update',
      );
      const isDomain = typeof domain === 'string' && !problems.some(({ rule }) => rule === 'setting/domain');
      const origin = isDomain ? /^[^/]*\/\/[^/?#]*/.exec(domain)?.[0] : undefined;
      add(
        'domain form',
        origin !== undefined && (origin !== domain || origin !== origin.toLowerCase()),
        'domain',
        'setting/domain-form',
      );
      const isUsed = typeof tfa_method !== 'string' || tfa_method === 'AUTHENTICATOR';
      add('unused secret', Boolean(tfa_secret) && !isUsed, 'tfa_secret', 'totp/unused-secret');
      const name = JSON.stringify([permissioned_user_id, domain]);
      add('duplicate', names.has(name), 'permissioned_user_id', 'batch/duplicate-entry');
      if (typeof permissioned_user_id === 'string' && typeof domain === 'string') names.add(name);
      return problems;
    }

    const found = Array.isArray(payload)
      ? payload.flatMap((each, at) => {
          const place = (path: string) => [`[${at}]`, path].filter((part) => part !== '').join('.');
          const inner = Array.isArray(each) && !does('array in array') ? each : [each];
          return inner.flatMap(checkOne).map(({ path, rule }) => ({ path: place(path), rule }));
        })
      : checkOne(payload);
    const findings = found.map((problem) => ({ ...problem, severity: severityOf(problem.rule) }));
    return findings.some(({ severity }) => severity === 'error')
      ? { error: 'ERR_PREFLIGHT', findings }
      : { findings };
  }

  function lookAt(value: unknown, path: string, keys: readonly string[]): Problem[] {
    const problem = (rule: string) => [{ path, rule }];
    if (!isSealed(value)) {
      if (value === '' && does('empty')) return problem('credential/empty');
      const isRest = typeof value === 'string' && value.length >= 40 && /^\s*[0-9a-f]{24}/i.test(value);
      if (isRest && does('damage')) return problem('credential/malformed');
      return does('plaintext') ? problem('credential/plaintext') : [];
    }
    if (!does('tag') || !Array.isArray(keys)) return [];
    const found = decrypted(value, keys);
    if (found === undefined) return problem('credential/wrong-key-or-changed');
    const previous = found.key !== keys[0] && does('current key') ? problem('credential/previous-key') : [];
    return [...previous, ...lookInside(found.plaintext, path, keys)];
  }

  function lookInside(plaintext: Buffer, path: string, keys: readonly string[]): Problem[] {
    const problem = (rule: string) => [{ path, rule }];
    const inside = textInside(plaintext);
    if (inside === undefined) return does('JSON') ? problem('credential/not-json-string') : [];
    if (inside === '') return does('empty') ? problem('credential/empty') : [];
    if (does('sealed already') && opens(inside, keys)) return problem('credential/sealed-twice');
    if (path === 'tfa_secret') return lookAtSecret(inside).flatMap(problem);
    return [
      ...(path === 'proxy_value' && !proxyValue('custom', inside) ? problem('setting/proxy') : []),
      ...(inside !== inside.trim() && does('space') ? problem('credential/surrounding-space') : []),
    ];
  }
  function lookAtSecret(inside: string): string[] {
    try {
      const { base32, bits } = TotpSecret.parse(inside);
      if (base32 !== inside && does('canonical')) return ['totp/format'];
      return [
        ...(base32 === inside && withZeroRest(inside) !== inside && does('rest')
          ? ['totp/not-canonical']
          : []),
        ...(bits < leastBits && does('bits') ? ['totp/short'] : []),
      ];
    } catch {
      return does('TOTP') ? ['totp/format'] : [];
    }
  }

  const answers: Readonly<Record<string, Implementation>> = { sealEntry, openEntry, preflight };
  return (request) => (answers[String(request.method)] ?? answerRequest)(request);
}

const WARNINGS = [
  'credential/previous-key',
  'credential/surrounding-space',
  'totp/not-canonical',
  'totp/short',
  'totp/unused-secret',
  'setting/domain-form',
];
const severityOf = (rule: string) => (WARNINGS.includes(rule) ? 'warning' : 'error');
