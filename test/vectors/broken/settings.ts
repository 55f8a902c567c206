import { intervalSeconds } from '../../../src/entry/interval.js';
import { answerRequest } from '../../../src/vectors/index.js';
import { entriesBy, type Step } from './entries.js';
import { anything, type Check, passing, text } from './entry-table.js';
import {
  after,
  type Bug,
  type Bugs,
  given,
  type Implementation,
  on,
  refuses,
  stringly,
} from './implementation.js';

const reads = (change: (interval: string) => string) => given('parseInterval', 'interval', change);
const refusesIntervals = (pattern: RegExp) =>
  refuses('parseInterval', 'interval', 'ERR_INTERVAL_FORMAT', pattern);

/** What the database says is an interval, and a check of one's own, or none. */
const asksPostgres = (isFine: (seconds: number) => boolean): Implementation =>
  on('parseInterval', (request) => {
    try {
      const seconds = intervalSeconds(request.interval as string);
      return isFine(seconds) ? { seconds } : { error: 'ERR_INTERVAL_FORMAT' };
    } catch {
      return { error: 'ERR_INTERVAL_FORMAT' };
    }
  });

const SECONDS: Readonly<Record<string, number>> = {
  ...{ us: 1e-6, second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 },
  ...{ mon: 2_592_000, month: 2_592_000, year: 31_557_600 },
};
/** Reads `2 days 1 hour` and the like, and leaves the rest to others. */
function countedInDoubles(interval: unknown) {
  const pairs = /^(?:-?\d+ [a-z]+ ?)+$/.test(String(interval))
    ? String(interval).match(/-?\d+ [a-z]+/g)
    : null;
  const seconds = (pairs ?? []).map((pair) => {
    const [count, unit = ''] = pair.split(' ');
    return Number(count) * (SECONDS[unit.replace(/(?<=..)s$/, '')] ?? Number.NaN);
  });
  const sum = seconds.reduce((total, each) => total + each, 0);
  return sum > 0 ? { seconds: sum } : undefined;
}
const PARTS = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'];

export const intervals: Bugs = {
  Clock: {
    what: 'reads 1:2 as minutes and seconds',
    answer: reads((text) => text.replace(/^(\d+:\d+)$/, '0:$1')),
  },
  Units: { what: 'takes m for months', answer: reads((text) => text.replaceAll(/ m\b/g, ' mon')) },
  Unitless: {
    what: 'takes a number for milliseconds',
    answer: reads((text) => (/^[\d.]+$/.test(text) ? `${text} ms` : text)),
  },
  Fractions: { what: 'drops fractions', answer: reads((text) => text.replaceAll(/(\d)\.\d+/g, '$1')) },
  Signs: { what: 'ignores ago', answer: reads((text) => text.replace(/ ago$/, '')) },
  SqlStandard: { what: 'does not read years-months', answer: refusesIntervals(/^[+-]?\d+-/) },
  Iso8601: { what: 'does not read ISO 8601', answer: refusesIntervals(/^P/) },
  NotFinite: {
    what: 'takes the word of PostgreSQL 17 for an interval without an end',
    answer: on('parseInterval', (request) =>
      /^[+-]? *infinity$/i.test(String(request.interval)) ? { seconds: Infinity } : answerRequest(request),
    ),
  },
  NotPositive: {
    what: 'does not ask whether anything is left',
    answer: asksPostgres(Number.isFinite),
  },
  Overflow: {
    what: 'counts numbers and units in doubles',
    answer: on('parseInterval', (request) => countedInDoubles(request.interval) ?? answerRequest(request)),
  },
  NotAnInterval: {
    what: 'reads the number that a text begins with, as it has learnt of parseFloat',
    answer: on('parseInterval', async (request) => {
      const answer = await answerRequest(request);
      const seconds = Number.parseFloat(String(request.interval));
      return answer.error === undefined || !(seconds > 0) ? answer : { seconds };
    }),
  },
  NotText: { what: 'makes a string of what it is given', answer: stringly('parseInterval', 'interval') },
  Parts: {
    what: 'writes days as ISO 8601',
    answer: after('writeInterval', (answer) => ({
      ...answer,
      ...(answer.interval !== undefined && { interval: `P${answer.interval}` }),
    })),
  },
  MalformedParts: {
    what: 'ignores parts that it does not know',
    answer: on('writeInterval', ({ parts, ...request }) => {
      const known = Object.entries(Object(parts)).filter(([name]) => PARTS.includes(name));
      return answerRequest({ ...request, parts: Object.fromEntries(known) });
    }),
  },
};

const domain = (change: (domain: string) => string) => given('checkDomain', 'domain', change);
const refusesDomains = (pattern: RegExp) => refuses('checkDomain', 'domain', 'ERR_ENTRY_INVALID', pattern);
const byPattern = (pattern: RegExp): Implementation =>
  on('checkDomain', ({ domain: text }) =>
    pattern.test(String(text)) ? { domain: text } : { error: 'ERR_ENTRY_INVALID' },
  );
/** What a URL parser takes, with a check or none. */
const byParser = (isFine: (url: URL) => boolean = () => true): Implementation =>
  on('checkDomain', ({ domain: text }) =>
    typeof text === 'string' && URL.canParse(text) && isFine(new URL(text))
      ? { domain: text }
      : { error: 'ERR_ENTRY_INVALID' },
  );

export const domains: Bugs = {
  Origin: { what: 'takes https only', answer: refusesDomains(/^http:/) },
  NotRewritten: {
    what: 'writes it as a URL parser does',
    answer: after('checkDomain', (answer) =>
      answer.domain ? { domain: new URL(String(answer.domain)).href.replace(/\/$/, '') } : answer,
    ),
  },
  Address: { what: 'asks for a name', answer: refusesDomains(/\/\/[\d.[]/) },
  AtSign: { what: 'takes every @ for user info', answer: refusesDomains(/@/) },
  NearLocalhost: { what: 'looks for localhost anywhere', answer: refusesDomains(/localhost/) },
  NoScheme: {
    what: 'adds a scheme',
    answer: domain((text) => (text.includes('//') ? text : `https://${text}`)),
  },
  OtherScheme: { what: 'takes whatever a URL parser takes', answer: byParser() },
  NoHost: { what: 'takes whatever a URL parser takes', answer: byParser() },
  UserInfo: {
    what: 'looks at the scheme alone',
    answer: byParser(({ protocol }) => /^https?:$/.test(protocol)),
  },
  Localhost: {
    what: 'looks for localhost in the text, in lower case',
    answer: byParser(({ href }) => !/\/\/localhost\//.test(href)),
  },
  WhiteSpace: { what: 'trims', answer: domain((text) => text.trim()) },
  ControlCharacters: { what: 'takes whatever a URL parser takes', answer: byParser() },
  Backslash: { what: 'takes whatever a URL parser takes', answer: byParser() },
  Joiner: { what: 'takes no zero-width character', answer: refusesDomains(/[\u200b-\u200d]/) },
  Asterisk: { what: 'takes no asterisk anywhere', answer: refusesDomains(/\*/) },
  Invisible: { what: 'takes whatever a URL parser takes', answer: byParser() },
  EscapedHost: { what: 'takes whatever a URL parser takes', answer: byParser() },
  Wildcard: [
    { what: 'takes whatever a URL parser takes', answer: byParser() },
    {
      what: 'looks for an asterisk in the text',
      answer: byParser(({ href }) => !/^https:..[^/]*%2a/i.test(href)),
    },
  ],
  BadPort: { what: 'has a pattern of its own', answer: byPattern(/^https?:\/\/[^/@\s\\]+/i) },
  BadHost: { what: 'has a pattern of its own', answer: byPattern(/^https?:\/\/[^/@\s\\]+/i) },
  NotAString: { what: 'makes a string of what it is given', answer: stringly('checkDomain', 'domain') },
};

/** Rows of the table of fields as people write them who have other things to do. */
const lax = {
  type: { tfa_method: text, persist_cookies: anything, local_storage: anything },
  interval: { expiry_time_from_last_use: passing((value: unknown) => /\d/.test(String(value))) },
  domain: { domain: passing((value: string) => URL.canParse(value), 'setting/domain') },
  address: { ip_address: passing((value: string) => /^[\d.]+$|:/.test(value), 'setting/ip-address') },
};
const missing = (what: string, ...without: Step[]): Bug => ({ what, answer: entriesBy({ without }) });
const withRows = (what: string, rows: Readonly<Record<string, Check>>): Bug => ({
  what,
  answer: entriesBy({ rows }),
});
const credentialsAlone = (name: string) => ['user_name', 'password', 'tfa_secret'].includes(name);

/** What entries and payloads are held to alike. */
const rules = {
  'payload/not-an-object': missing('takes whatever it is given for an object', 'object'),
  'payload/unknown-field': missing('lets through what it does not know', 'unknown'),
  'payload/missing-field': missing('does not look whether an entry has its names', 'required'),
  'payload/read-only-field': missing('writes back what it has read', 'read-only'),
  'credential/empty': missing('takes the empty text for a credential', 'empty'),
  'credential/sealed-twice': missing('does not look whether something is sealed already', 'sealed already'),
  'totp/missing-secret': missing('does not hold tfa_method against tfa_secret', 'missing secret'),
  'setting/type': withRows('takes any text for a word, and any value for a setting', lax.type),
  'setting/interval': withRows('looks for a digit in an interval', lax.interval),
  'setting/domain': withRows('takes what a URL parser takes', lax.domain),
  'setting/ip-address': withRows('has a pattern of its own for addresses', lax.address),
  'setting/concurrency': missing('does not hold max_concurrency against sessions', 'concurrency'),
  'setting/proxy': [
    missing('does not ask for proxy_setting', 'proxy setting'),
    { what: 'takes any proxy_value', answer: entriesBy({ proxyValue: () => true }) },
  ],
  'setting/provider': missing('takes credentials and a provider', 'provider'),
};

export const entries: Bugs = {
  Entry: {
    what: 'trims what it seals',
    answer: entriesBy({ sealedText: (value) => (typeof value === 'string' ? value.trim() : value) }),
  },
  Settings: { what: 'leaves out what is null', answer: entriesBy({ keeps: (_, value) => value !== null }) },
  TotpNormalised: { what: 'seals TOTP secrets as they are', answer: entriesBy({ secret: (text) => text }) },
  IntervalParts: { what: 'sends parts', answer: entriesBy({ interval: (value) => value }) },
  Proxy: { what: 'never seals proxy_value', answer: entriesBy({ isSealedField: credentialsAlone }) },
  Provider: missing('asks for a TOTP secret that is at the provider', 'backed'),
  Padding: { what: 'ignores padTo', answer: entriesBy({ padTo: () => 1 }) },
  AllowUnknown: { what: 'lets nothing through', answer: entriesBy({ allows: () => false }) },
  Update: { what: 'seals null', answer: entriesBy({ sealsNull: true }) },
  Answer: {
    what: 'keeps the fields that it knows',
    answer: entriesBy({ keeps: (name) => !['grown_since', 'effective_expires_at'].includes(name) }),
  },
  AnswerProxy: [
    missing('goes by proxy_setting alone', 'proxy by form'),
    {
      what: 'never opens proxy_value',
      answer: entriesBy({ isSealedField: credentialsAlone, without: ['proxy by form'] }),
    },
  ],
  NotOpened: { what: 'hands back what does not open', answer: entriesBy({ unopened: (sealed) => sealed }) },
  NotAnEntry: {
    what: 'opens what is sealed in whatever it is given',
    answer: entriesBy({ isEntry: (entry) => typeof entry === 'object' }),
  },
  ...rules,
  'totp/format': [
    missing('seals whatever it is given for a TOTP secret', 'TOTP'),
    missing('forgets that the vault keeps no settings', 'TOTP settings'),
  ],
};

export const preflight: Bugs = {
  NoKey: [
    { what: 'opens with a key of zeros', answer: entriesBy({ keysForNone: ['00'.repeat(32)] }) },
    {
      what: 'checks nothing',
      answer: on('preflight', (request) =>
        request.keys === 'none' ? { findings: [] } : answerRequest(request),
      ),
    },
  ],
  Sound: { what: 'asks for TOTP secrets of 160 bits', answer: entriesBy({ leastBits: 160 }) },
  ...rules,
  'payload/nothing-to-update': missing('takes an update of nothing', 'nothing to update'),
  'credential/plaintext': missing('looks at what is sealed, and at nothing else', 'plaintext'),
  'credential/malformed': missing('takes what is damaged for plain text', 'damage'),
  'credential/wrong-key-or-changed': missing('looks at the form, and has no key', 'tag'),
  'credential/previous-key': missing('is content with any key of the ring', 'current key'),
  'credential/not-json-string': missing('is content with what opens', 'JSON'),
  'credential/surrounding-space': missing('does not look for space', 'space'),
  'credential/iv-reused': missing('does not compare IVs', 'IV'),
  'credential/copied': missing('does not compare values', 'copy'),
  'totp/format': missing('takes a TOTP secret in any form that apps take', 'canonical'),
  'totp/not-canonical': missing('does not look at the bits behind the last byte', 'rest'),
  'totp/short': missing('does not count bits', 'bits'),
  'totp/unused-secret': missing('does not ask what a TOTP secret is for', 'unused secret'),
  'setting/domain-form': missing('does not look at the form of domains', 'domain form'),
  'batch/duplicate-entry': missing('looks at each payload by itself', 'duplicate'),
};
