import { answerRequest } from '../../../src/vectors/index.js';
import {
  accepts,
  after,
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
    what: 'takes infinity for very long',
    answer: reads((text) => text.replace(/^\+?infinity$/i, '100 years')),
  },
  NotPositive: {
    what: 'takes nothing for an interval',
    answer: accepts('parseInterval', () => ({ seconds: 0 })),
  },
  Overflow: {
    what: 'has no bounds',
    answer: accepts('parseInterval', ({ interval }) => ({
      seconds: Number.parseInt(String(interval), 10) * 86_400,
    })),
  },
  NotAnInterval: {
    what: 'reads the number that a text begins with',
    answer: accepts('parseInterval', ({ interval }) => ({ seconds: Number.parseInt(String(interval), 10) })),
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
    answer: accepts('writeInterval', () => ({ interval: '' })),
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
  BadPort: { what: 'has a pattern of its own', answer: byPattern(/^https?:\/\/[^/@\s\\]+/i) },
  BadHost: { what: 'has a pattern of its own', answer: byPattern(/^https?:\/\/[^/@\s\\]+/i) },
  NotAString: { what: 'makes a string of what it is given', answer: stringly('checkDomain', 'domain') },
};

type Members = Record<string, unknown>;
const members = (value: unknown) => ({ ...(value as Members) });
const sent = (change: (entry: Members, request: Members) => Members): Implementation =>
  after('sealEntry', (answer, request) =>
    answer.sealedEntry === undefined
      ? answer
      : { sealedEntry: change(members(answer.sealedEntry), members(request.entry)) },
  );
const opened = (change: (entry: Members, request: Members) => Members): Implementation =>
  after('openEntry', (answer, request) =>
    answer.opened === undefined
      ? answer
      : { opened: change(members(answer.opened), members(request.sealedEntry)) },
  );

/** Does not know a rule. */
const entryWithout = (rule: string): Implementation =>
  after('sealEntry', (answer, { entry }) => {
    const issues = (answer.issues as { rule: string }[] | undefined)?.filter((issue) => issue.rule !== rule);
    if (issues === undefined) return answer;
    return issues.length === 0 ? { sealedEntry: entry } : { ...answer, issues };
  });

const entryBugs: Bugs = {
  Entry: { what: 'seals nothing', answer: sent((_, entry) => entry) },
  Settings: {
    what: 'leaves out what is null',
    answer: sent((entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null))),
  },
  TotpNormalised: {
    what: 'seals TOTP secrets as they are',
    answer: sent((entry, { tfa_secret }) =>
      typeof tfa_secret === 'string' && /[a-z-]/.test(tfa_secret)
        ? { ...entry, tfa_secret: 'another' }
        : entry,
    ),
  },
  IntervalParts: {
    what: 'sends parts',
    answer: sent((entry, plain) => ({
      ...entry,
      ...(plain.expiry_time_from_last_use !== undefined && {
        expiry_time_from_last_use: plain.expiry_time_from_last_use,
      }),
    })),
  },
  Proxy: {
    what: 'never seals proxy_value',
    answer: sent((entry, { proxy_value }) => (proxy_value === undefined ? entry : { ...entry, proxy_value })),
  },
  Provider: {
    what: 'asks for credentials',
    answer: after('sealEntry', (answer, { entry }) =>
      members(entry).secret_ref ? { error: 'ERR_ENTRY_INVALID', issues: [] } : answer,
    ),
  },
  Padding: { what: 'ignores padTo', answer: on('sealEntry', ({ padTo, ...rest }) => answerRequest(rest)) },
  AllowUnknown: {
    what: 'lets nothing through',
    answer: on('sealEntry', ({ allowUnknown, ...rest }) => answerRequest(rest)),
  },
  Update: {
    what: 'leaves out null',
    answer: sent((entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null))),
  },
  Answer: {
    what: 'drops fields that it does not know',
    answer: opened(({ grown_since, ...entry }) => entry),
  },
  AnswerProxy: {
    what: 'never opens proxy_value',
    answer: opened((entry, { proxy_value }) =>
      proxy_value === undefined ? entry : { ...entry, proxy_value },
    ),
  },
  NotAnEntry: {
    what: 'opens what is sealed in whatever it is given',
    answer: on('openEntry', (request) => {
      const { sealedEntry } = request;
      if (Array.isArray(sealedEntry)) return { opened: sealedEntry };
      return 'domain' in Object(sealedEntry) ? answerRequest(request) : { opened: sealedEntry };
    }),
  },
  NotOpened: {
    what: 'hands back what does not open',
    answer: accepts('openEntry', ({ sealedEntry }) => ({ opened: sealedEntry })),
  },
};

/** Does not know a rule of preflight. */
const preflightWithout = (rule: string): Implementation =>
  after('preflight', ({ findings }) => {
    const left = (findings as { rule: string; severity: string }[]).filter(
      (finding) => finding.rule !== rule,
    );
    const isRefused = left.some(({ severity }) => severity === 'error');
    return { findings: left, ...(isRefused && { error: 'ERR_PREFLIGHT' }) };
  });

const preflightBugs: Bugs = {
  Sound: {
    what: 'finds something where there is nothing',
    answer: after('preflight', (answer) =>
      (answer.findings as object[]).length > 0
        ? answer
        : { findings: [{ rule: 'totp/short', severity: 'warning', path: 'tfa_secret' }] },
    ),
  },
};

const rulesOf = (flags: readonly string[]) => flags.filter((flag) => flag.includes('/'));
const byRule = (flags: readonly string[], make: (rule: string) => Implementation): Bugs =>
  Object.fromEntries(
    rulesOf(flags).map((rule) => [rule, { what: `does not know the rule ${rule}`, answer: make(rule) }]),
  );

/** The flags of entries and payloads that are rules stand for an implementation without that rule. */
export const entries = (flags: readonly string[]): Bugs => ({ ...entryBugs, ...byRule(flags, entryWithout) });
export const preflight = (flags: readonly string[]): Bugs => ({
  ...preflightBugs,
  ...byRule(flags, preflightWithout),
});
