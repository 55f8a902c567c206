import { createHmac, hkdfSync } from 'node:crypto';
import type { VectorAnswer } from '../../../src/vectors/index.js';
import type { Bug, Bugs, Implementation } from './implementation.js';

// Somebody's own manifests, with habits, which are bugs.

type Entry = Readonly<Record<string, unknown>>;

interface Habits {
  readonly bound?: readonly string[];
  /** A value as it goes into a MAC; by default canonical JSON. */
  readonly value?: (value: unknown) => string;
  /** How an entry is looked up. */
  readonly nameOf?: (entry: Entry) => string;
  readonly sort?: (lines: string[]) => string[];
  /** What is not looked at. */
  readonly without?: readonly (
    | 'end'
    | 'key'
    | 'form'
    | 'version'
    | 'added'
    | 'removed'
    | 'twice'
    | 'sealed'
    | 'entry'
    | 'changed'
    | 'options'
    | 'previous'
    | 'depth'
    | 'last line'
  )[];
  readonly keepsNull?: boolean;
  readonly members?: readonly string[];
}

const CREDENTIALS = ['password', 'tfa_secret', 'user_name'];
const BOUND = [
  ...['headers', 'password', 'proxy', 'proxy_setting', 'proxy_value', 'secret_cache_ttl_seconds'],
  ...['secret_provider_id', 'secret_ref', 'tfa_method', 'tfa_secret', 'user_name'],
];
const MEMBERS = ['version', 'entries', 'at', 'vault', 'previous', 'key'];
const isObject = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSealed = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:[0-9a-f]{2}){30,}$/i.test(value);
const hkdf = (key: string, info: string, length: number) =>
  Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), '', info, length));
const fingerprintOf = (key: string) => hkdf(key, 'credseal/v1/key-fingerprint', 8).toString('hex');

function macOf(texts: readonly string[], key: string): string {
  const hmac = createHmac('sha256', hkdf(key, 'credseal/v1/manifest', 32));
  for (const text of texts) {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
const inBytes = (lines: string[]) =>
  lines.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

class Refused extends Error {
  constructor(readonly answer: VectorAnswer) {
    super();
  }
}
const invalidEntry = (path: string, rule: string) =>
  new Refused({ error: 'ERR_ENTRY_INVALID', issues: [{ path, rule }] });

/** Manifests with habits. Without any, they are right. */
export function manifestsBy({
  bound = BOUND,
  value: written = canonical,
  nameOf = ({ permissioned_user_id, domain }) => JSON.stringify([permissioned_user_id, domain]),
  sort = inBytes,
  without = [],
  keepsNull = false,
  members = MEMBERS,
}: Habits): Implementation {
  const does = (step: (typeof without)[number]) => !without.includes(step);

  function problemsOf(entry: unknown): { path: string; rule: string }[] {
    if (!does('entry')) return [];
    if (!isObject(entry)) return [{ path: '', rule: 'payload/not-an-object' }];
    return ['permissioned_user_id', 'domain'].flatMap((path) => {
      if (typeof entry[path] === 'string') return [];
      return [{ path, rule: path in entry ? 'setting/type' : 'payload/missing-field' }];
    });
  }

  function entryMac(entry: Entry, key: string): string {
    const { permissioned_user_id, domain } = entry;
    const texts = [
      'credseal/v1/manifest/entry',
      JSON.stringify(permissioned_user_id),
      JSON.stringify(domain),
    ];
    for (const name of bound) {
      const value = entry[name];
      if (value === undefined || (value === null && !keepsNull)) continue;
      const isCredential =
        CREDENTIALS.includes(name) || (name === 'proxy_value' && entry.proxy_setting === 'custom');
      if (isCredential && !isSealed(value) && does('sealed'))
        throw new Refused({ error: 'ERR_SEALED_FORMAT', field: name });
      if (depthOf(value) > 100 && does('depth')) throw invalidEntry(name, 'setting/type');
      const isHex = isSealed(value) && (isCredential || name === 'proxy_value');
      texts.push(name, written(isHex ? value.toLowerCase() : value));
    }
    return macOf(texts, key);
  }
  const endMac = (lines: readonly string[], unsigned: string, key: string) =>
    macOf(['credseal/v1/manifest/end', ...lines, unsigned], key);
  const unsignedOf = (end: Entry) => JSON.stringify(end, [...members]);

  function make({ keys, entries, at, vault, previous }: Entry): VectorAnswer {
    const [key = ''] = keys as string[];
    if (does('options')) {
      if (vault !== undefined && vault === '') return { error: 'ERR_MANIFEST' };
      if (previous !== undefined && !/^[0-9a-f]{64}$/.test(String(previous)))
        return { error: 'ERR_MANIFEST' };
    }
    if (!Array.isArray(entries)) throw invalidEntry('', 'payload/not-an-object');
    const lines = new Map<string, string>();
    for (const entry of entries as Entry[]) {
      const issues = problemsOf(entry);
      if (issues.length > 0) return { error: 'ERR_ENTRY_INVALID', issues };
      const { permissioned_user_id, domain } = Object(entry) as Entry;
      const name = nameOf(Object(entry));
      if (lines.has(name) && does('twice'))
        throw invalidEntry('permissioned_user_id', 'batch/duplicate-entry');
      const mac = entryMac(Object(entry), key);
      lines.set(name, JSON.stringify({ permissioned_user_id, domain, mac }));
    }
    const sorted = sort([...lines.values()]);
    const chain = does('previous') ? { vault, previous } : {};
    const end = { version: 1, entries: sorted.length, at, ...chain, key: fingerprintOf(key) };
    const unsigned = unsignedOf(end);
    const mac = endMac(sorted, unsigned, key);
    return { manifest: [...sorted, `${unsigned.slice(0, -1)},"mac":"${mac}"}`, ''].join('\n') };
  }

  function check({ keys, entries, manifest }: Entry): VectorAnswer {
    const ring = keys as string[];
    const lines = String(manifest).trim().split('\n');
    const last = does('last line') ? (lines.pop() ?? '') : (lines.at(-1) ?? '');
    const end = readEnd(last);
    if (does('form') && !isOfForm(String(manifest), lines, last, end)) return { error: 'ERR_MANIFEST' };
    if (end.version !== 1 && does('version')) return { error: 'ERR_MANIFEST' };
    const key = does('key') ? ring.find((each) => fingerprintOf(each) === end.key) : ring[0];
    const isAuthentic = key !== undefined && endMac(lines, unsignedOf(end), key) === end.mac;
    if (!isAuthentic && does('end')) return answerOf([{ path: '', rule: 'manifest/wrong-key-or-changed' }]);
    if (does('form') && (inBytes(lines).join() !== lines.join() || end.entries !== lines.length))
      return { error: 'ERR_MANIFEST' };
    const named = lines.map((line) => readLine(line)).filter(isObject);
    const expected = new Map(named.map((line) => [nameOf(line), line.mac]));
    if (does('form') && expected.size !== named.length) return { error: 'ERR_MANIFEST' };
    const found = key === ring[0] ? [] : [{ path: '', rule: 'manifest/previous-key' }];
    const seen = new Set<string>();
    for (const [index, entry] of (entries as Entry[]).entries()) {
      const at = (path: string) => [`[${index}]`, path].filter(Boolean).join('.');
      const problems = problemsOf(entry);
      found.push(...problems.map(({ path, rule }) => ({ path: at(path), rule })));
      if (problems.length > 0 || !isObject(entry)) continue;
      const name = nameOf(entry);
      if (seen.has(name) && does('twice'))
        found.push({ path: at('permissioned_user_id'), rule: 'batch/duplicate-entry' });
      else if (!expected.has(name))
        found.push(...(does('added') ? [{ path: at(''), rule: 'manifest/added' }] : []));
      else if (!isAsItWas(entry, expected.get(name), key ?? '') && does('changed'))
        found.push({ path: at(''), rule: 'manifest/changed' });
      seen.add(name);
    }
    if (does('removed'))
      for (const name of expected.keys())
        if (!seen.has(name)) found.push({ path: '', rule: 'manifest/removed' });
    return answerOf(found);
  }

  function isAsItWas(entry: Entry, mac: unknown, key: string): boolean {
    try {
      return entryMac(entry, key) === mac;
    } catch {
      return false;
    }
  }

  const answers: Readonly<Record<string, (request: Entry) => VectorAnswer>> = {
    makeManifest: make,
    checkManifest: check,
  };
  return (request) => {
    try {
      return answers[String(request.method)]?.(request) ?? { unsupported: true };
    } catch (error) {
      if (error instanceof Refused) return error.answer;
      throw error;
    }
  };

  function isOfForm(text: string, lines: readonly string[], last: string, end: Entry): boolean {
    if (`${lines.map((line) => `${line}\n`).join('')}${last}` !== text.replace(/\n$/, '')) return false;
    const { at, vault, key, mac } = end;
    const isTime =
      /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/.test(String(at)) && !Number.isNaN(Date.parse(String(at)));
    if (!isTime || new Date(String(at)).toISOString() !== at || vault === '') return false;
    if (!/^[0-9a-f]{16}$/.test(String(key)) || !/^[0-9a-f]{64}$/.test(String(mac))) return false;
    if (last !== `${unsignedOf(end).slice(0, -1)},"mac":"${mac}"}`) return false;
    return lines.every((line) => {
      const read = readLine(line);
      return (
        line === JSON.stringify(read, ['permissioned_user_id', 'domain', 'mac']) &&
        /"[0-9a-f]{64}"\}$/.test(line)
      );
    });
  }
}

function readEnd(line: string): Entry {
  const end = readLine(line) ?? {};
  return 'version' in end ? end : {};
}
function readLine(line: string): Entry | undefined {
  try {
    const read: unknown = JSON.parse(line);
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}
function answerOf(found: readonly { path: string; rule: string }[]): VectorAnswer {
  const findings = found.map((each) => ({
    ...each,
    severity: each.rule === 'manifest/previous-key' ? 'warning' : 'error',
  }));
  return findings.some(({ severity }) => severity === 'error')
    ? { error: 'ERR_MANIFEST', findings }
    : { findings };
}

const bug = (what: string, habits: Habits): Bug => ({ what, answer: manifestsBy(habits) });
const missing = (what: string, ...without: NonNullable<Habits['without']>): Bug => bug(what, { without });

export const manifests: Bugs = {
  Manifest: bug('leaves the fingerprint out', { members: MEMBERS.filter((name) => name !== 'key') }),
  Order: bug('sorts by units of UTF-16', { sort: (lines) => lines.toSorted() }),
  Canonical: [
    bug('takes members in the order in which they are', { value: (value) => JSON.stringify(value) }),
    missing('goes as deep as its stack', 'depth'),
  ],
  Chain: [
    missing('leaves out which vault it is, and what was before', 'previous'),
    missing('takes anything for what was before', 'options'),
  ],
  Rotation: missing('takes no key but the current one', 'key'),
  NullAndAbsent: bug('takes null for a value', { keepsNull: true }),
  HexCase: bug('compares hex by its letters', { value: (value) => canonical(value).toUpperCase() }),
  Unbound: bug('binds what workflows change', { bound: [...BOUND, 'cookies'].sort() }),
  Swapped: bug('binds values to no field', { value: () => '' }),
  Changed: bug('binds sealed values alone', { bound: CREDENTIALS }),
  Added: missing('looks for what is in the manifest alone', 'added'),
  Removed: missing('looks at what is there alone', 'removed'),
  Twice: missing('looks at each entry by itself', 'twice'),
  Forged: missing('trusts lines whose own MAC holds', 'end'),
  ForeignKey: missing('trusts lines whose own MAC holds', 'end'),
  CutOff: missing('needs no last line', 'last line', 'form', 'end', 'version', 'key'),
  Form: missing('reads any JSON', 'form'),
  Version: missing('does not look at the version', 'version'),
  NotSealed: missing('binds whatever a credential is', 'sealed'),
  NotAnEntry: missing('takes whatever it is given for an entry', 'entry'),
};
