import { answerRequest } from '../../../src/vectors/index.js';
import { after, type Bugs, given, type Implementation, on, refuses, stringly } from './implementation.js';
import {
  hasNoBitsOver,
  knownLetters,
  percentDecoded,
  readsExportsBy,
  readsSecretsBy,
  takesWhatIsNotThere,
} from './totp-readers.js';

const parse = (change: (secret: string) => string) => given('parseTotp', 'secret', change);
const isUri = (text: string) => text.includes('://');
const malformedIf = (pattern: RegExp) => refuses('parseTotp', 'secret', 'ERR_TOTP_FORMAT', pattern);
const without = (parameter: string) =>
  parse((text) => text.replace(new RegExp(`&${parameter}=[^&]*`, 'i'), ''));
const settings = { algorithm: 'SHA1', digits: 6, period: 30 };
const atTime = (change: (time: number) => number): Implementation =>
  on('totpCode', (request) =>
    answerRequest(typeof request.time === 'number' ? { ...request, time: change(request.time) } : request),
  );
const token = (change: (token: string) => string) =>
  after('totpCode', ({ token: right, ...rest }) =>
    typeof right === 'string' ? { token: change(right) } : rest,
  );
const firstOfTwo = (text: string) => {
  const names = new Set<string>();
  const [head = '', query = ''] = text.split('?');
  const pairs = query.split('&').filter((pair) => {
    const name = decodeURIComponent(pair.split('=')[0] ?? '').toLowerCase();
    return !names.has(name) && names.add(name);
  });
  return `${head}?${pairs.join('&')}`;
};

export const totpSecrets: Bugs = {
  Canonical: {
    what: 'answers in lower case',
    answer: readsSecretsBy({ written: (letters) => letters.toLowerCase() }),
  },
  Length: { what: 'asks for 128 bits', answer: readsSecretsBy({ leastBits: 128 }) },
  LowerCase: { what: 'takes upper case only', answer: readsSecretsBy({ pattern: /^[A-Z2-7]+=*$/ }) },
  Groups: {
    what: 'takes no white space',
    answer: readsSecretsBy({ clean: (text) => text.replaceAll('-', '') }),
  },
  InvisibleCharacters: {
    what: 'ignores what \\s is',
    answer: readsSecretsBy({ clean: (text) => text.replaceAll(/[\s\u2010-\u2015\u2212-]/g, '') }),
  },
  Dashes: {
    what: 'ignores the hyphen of ASCII only',
    answer: readsSecretsBy({ clean: (text) => text.replaceAll(/[\s\u200b-\u200f\u2060\u00ad-]/g, '') }),
  },
  Padding: { what: 'takes no padding', answer: readsSecretsBy({ pattern: /^[a-z2-7]+$/i }) },
  TrailingBits: {
    what: 'refuses bits behind the last byte',
    answer: readsSecretsBy({ isPossible: hasNoBitsOver }),
  },
  KeyUri: { what: 'takes no URI', answer: malformedIf(/^\s*otpauth:/i) },
  KeyUriCase: { what: 'reads scheme and names in lower case only', answer: malformedIf(/OTPAUTH|OtpAuth/) },
  KeyUriNumbers: {
    what: 'reads numbers without zeros and a plus before them only',
    answer: malformedIf(/(?:digits|period)=(?:0\d|\+|%2B)/),
  },
  KeyUriNames: { what: 'ignores the issuer', answer: after('parseTotp', ({ issuer, ...rest }) => rest) },
  KeyUriParameters: {
    what: 'refuses parameters that it does not know',
    answer: malformedIf(/[?&](?:image|lock|counter)=/),
  },
  KeyUriSettings: {
    what: 'ignores algorithm, digits and period',
    answer: after('parseTotp', (answer) => (answer.base32 ? { ...answer, ...settings } : answer)),
  },
  Typo: {
    what: 'replaces 0, 1 and 8',
    answer: readsSecretsBy({
      clean: (text) =>
        text.replaceAll(/[\s-]/g, '').replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B'),
    }),
  },
  Stranger: {
    what: 'passes over letters that it does not know',
    answer: readsSecretsBy({ clean: knownLetters }),
  },
  ImpossibleLength: {
    what: 'does not ask what becomes of the last letters',
    answer: readsSecretsBy({ isPossible: () => true }),
  },
  CodeNotSecret: {
    what: 'takes a code that is base32 for a secret',
    answer: readsSecretsBy({ code: /[^\s\S]/ }),
  },
  Empty: {
    what: 'takes nothing for a secret of no bits',
    answer: readsSecretsBy({ pattern: /^[a-z2-7]*=*$/i }),
  },
  MisplacedPadding: {
    what: 'takes padding away wherever it is',
    answer: readsSecretsBy({ clean: (text) => text.replaceAll(/[\s=-]/g, '') }),
  },
  NotAString: { what: 'makes a string of what it is given', answer: stringly('parseTotp', 'secret') },
  Hotp: {
    what: 'reads HOTP as TOTP',
    answer: parse((text) => text.replace(/otpauth:\/\/hotp/i, 'otpauth://totp')),
  },
  Steam: { what: 'reads steam:// as a secret', answer: parse((text) => text.replace(/^steam:\/\//, '')) },
  UnsupportedAlgorithm: { what: 'falls back to SHA1', answer: without('algorithm') },
  UnsupportedDigits: { what: 'falls back to six digits', answer: without('digits') },
  BadNumber: { what: 'ignores a period', answer: without('period') },
  DuplicateParameter: {
    what: 'takes the first of two',
    answer: parse((text) => (/^otpauth:/.test(text) && !text.includes('%z') ? firstOfTwo(text) : text)),
  },
  PercentEncoding: {
    what: 'leaves broken percent-encoding as it is',
    answer: parse((text) => text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25')),
  },
  Fragment: { what: 'reads a URI up to a #', answer: parse((text) => text.replace(/#.*/s, '')) },
  Entities: {
    what: 'decodes HTML entities',
    answer: parse((text) => text.replaceAll(/&(?:amp|#38);/g, '&')),
  },
  NoSecret: { what: 'does not ask whether a URI has a secret', answer: takesWhatIsNotThere },
  OtherUri: {
    what: 'takes the secret out of any URI',
    answer: parse((text) => (isUri(text) ? (/secret=([A-Z2-7]+)/.exec(text)?.[1] ?? text) : text)),
  },
  Rfc6238: {
    what: 'knows SHA1 only',
    answer: given('totpCode', 'secret', (text) => text.replace(/algorithm=SHA\d+/, 'algorithm=SHA1')),
  },
  Rfc4226: { what: 'begins to count at 1', answer: atTime((time) => time + 30) },
  Period: { what: 'rounds to the nearest period', answer: atTime((time) => time + 15) },
  LargeCounter: { what: 'has counters of 32 bits', answer: atTime((time) => time % (30 * 2 ** 32)) },
  TokenZeros: { what: 'loses the zeros at the start', answer: token((right) => String(Number(right))) },
  BadTime: { what: 'does not mind the sign of time', answer: atTime(Math.abs) },
  Migration: { what: 'reads the first account only', answer: readsExportsBy({ takesAll: false }) },
  MigrationDefaults: {
    what: 'does not know what is unspecified',
    answer: readsExportsBy({ algorithms: [undefined, 'SHA1', 'SHA256', 'SHA512'] }),
  },
  MigrationBatch: {
    what: 'ignores the batch',
    answer: readsExportsBy({ batch: () => ({ index: 0, size: 1 }) }),
  },
  MigrationEncoding: {
    what: 'decodes no percent-encoding',
    answer: readsExportsBy({ dataOf: (uri) => /[?&]data=([^&#]*)/i.exec(uri)?.[1] }),
  },
  MigrationUnknownFields: {
    what: 'refuses fields that it does not know',
    answer: readsExportsBy({ knows: (field) => field <= 7 }),
  },
  MigrationUnsupported: {
    what: 'leaves out accounts without a word',
    answer: readsExportsBy({ unsupported: 'leave out' }),
  },
  MigrationUri: {
    what: 'takes data out of any URI',
    answer: readsExportsBy({ dataOf: (uri) => percentDecoded(/[?&]data=([^&#]*)/i.exec(uri)?.[1]) }),
  },
  MigrationBase64: {
    what: 'decodes by Buffer.from(…, "base64"), which passes over strangers',
    answer: readsExportsBy({ decode: (data) => Buffer.from(data.replaceAll(' ', '+'), 'base64') }),
  },
  MigrationNoAccount: {
    what: 'takes an export of nothing',
    answer: readsExportsBy({ needsAccounts: false }),
  },
  MigrationDamaged: {
    what: 'reads past the end as if there were zeros',
    answer: readsExportsBy({ readsPastTheEnd: true }),
  },
};
