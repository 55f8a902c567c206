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

const parse = (change: (secret: string) => string) => given('parseTotp', 'secret', change);
const isUri = (text: string) => text.includes('://');
const ofBase32 = (change: (secret: string) => string) => parse((text) => (isUri(text) ? text : change(text)));
const malformedIf = (pattern: RegExp) => refuses('parseTotp', 'secret', 'ERR_TOTP_FORMAT', pattern);
const without = (parameter: string) =>
  parse((text) => text.replace(new RegExp(`&${parameter}=[^&]*`, 'i'), ''));
const settings = { algorithm: 'SHA1', digits: 6, period: 30 };
const anything = accepts('parseTotp', () => ({ base32: '', bits: 0, ...settings }));
const atTime = (change: (time: number) => number): Implementation =>
  on('totpCode', (request) =>
    answerRequest(typeof request.time === 'number' ? { ...request, time: change(request.time) } : request),
  );
const token = (change: (token: string) => string) =>
  after('totpCode', ({ token: right, ...rest }) =>
    typeof right === 'string' ? { token: change(right) } : rest,
  );
const exported = (change: (uri: string) => string) => given('parseMigration', 'uri', change);
const bytesOf = (uri: unknown) =>
  Buffer.from(decodeURIComponent(String(uri).split('data=')[1]?.replace('%4', '') ?? ''), 'base64');
const refusesBytes = (isRefused: (bytes: Buffer) => boolean): Implementation =>
  on('parseMigration', (request) =>
    isRefused(bytesOf(request.uri)) ? { error: 'ERR_TOTP_FORMAT' } : answerRequest(request),
  );
const noAccounts = accepts('parseMigration', () => ({ secrets: [], batch: { index: 0, size: 1, id: 0 } }));
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
    answer: after('parseTotp', (answer) =>
      answer.base32 ? { ...answer, base32: String(answer.base32).toLowerCase() } : answer,
    ),
  },
  Length: {
    what: 'asks for 128 bits',
    answer: after('parseTotp', (answer) =>
      Number(answer.bits) < 128 ? { error: 'ERR_TOTP_FORMAT' } : answer,
    ),
  },
  LowerCase: { what: 'takes upper case only', answer: malformedIf(/^[^:]*[a-z][^:]*$/) },
  Groups: { what: 'takes no white space', answer: malformedIf(/^[^:]*\s[^:]*$/) },
  InvisibleCharacters: {
    what: 'ignores white space only',
    answer: malformedIf(/[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f]/),
  },
  Dashes: { what: 'ignores the hyphen of ASCII only', answer: malformedIf(/[\u2010-\u2015\u2212]/) },
  Padding: { what: 'takes no padding', answer: malformedIf(/^[^:]*=+$/) },
  TrailingBits: {
    what: 'refuses bits behind the last byte',
    answer: malformedIf(/^(?:.{5}|.{26})(?<=[DH7])$/),
  },
  KeyUri: { what: 'takes no URI', answer: malformedIf(/^\s*otpauth:/i) },
  KeyUriCase: { what: 'reads scheme and names in lower case only', answer: malformedIf(/OTPAUTH|OtpAuth/) },
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
    answer: ofBase32((text) => text.replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B')),
  },
  Stranger: {
    what: 'skips what it does not know',
    answer: ofBase32((text) => text.replaceAll(/[^A-Za-z2-7=\d\s-]/g, '')),
  },
  ImpossibleLength: {
    what: 'drops letters that make no byte',
    answer: ofBase32((text) =>
      /^[A-Z2-7]+$/.test(text) && [1, 3, 6].includes(text.length % 8) ? text.slice(0, -1) : text,
    ),
  },
  CodeNotSecret: {
    what: 'takes a code that is base32 for a secret',
    answer: accepts('parseTotp', ({ secret }) =>
      /^[2-7]{7,8}$/.test(String(secret))
        ? { base32: secret, bits: 40, ...settings }
        : { error: 'ERR_TOTP_FORMAT' },
    ),
  },
  Empty: { what: 'takes nothing for a secret of no bits', answer: anything },
  MisplacedPadding: {
    what: 'takes padding away wherever it is',
    answer: ofBase32((text) => text.replaceAll('=', '')),
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
  NoSecret: { what: 'takes a URI without a secret', answer: anything },
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
  Migration: {
    what: 'reads the first account only',
    answer: after('parseMigration', (answer) =>
      Array.isArray(answer.secrets) ? { ...answer, secrets: answer.secrets.slice(0, 1) } : answer,
    ),
  },
  MigrationDefaults: {
    what: 'refuses settings that are not specified',
    answer: refusesBytes((bytes) => !bytes.includes(Buffer.from([0x28, 1]))),
  },
  MigrationBatch: {
    what: 'ignores the batch',
    answer: after('parseMigration', (answer) =>
      answer.secrets ? { ...answer, batch: { index: 0, size: 1, id: 0 } } : answer,
    ),
  },
  MigrationEncoding: {
    what: 'decodes no percent-encoding',
    answer: refuses('parseMigration', 'uri', 'ERR_TOTP_FORMAT', /%/),
  },
  MigrationUnknownFields: {
    what: 'refuses fields that it does not know',
    answer: refusesBytes((bytes) => bytes.includes(Buffer.from([0x98, 6]))),
  },
  MigrationUnsupported: {
    what: 'leaves out accounts without a word',
    answer: after('parseMigration', (answer) =>
      answer.error === 'ERR_TOTP_UNSUPPORTED' ? { secrets: [], batch: { index: 0, size: 1, id: 7 } } : answer,
    ),
  },
  MigrationUri: {
    what: 'does not look at the host',
    answer: exported((uri) => uri.replace('online', 'offline')),
  },
  MigrationBase64: {
    what: 'skips what is not base64',
    answer: exported((uri) => uri.replace('CjEK*khl', 'CgMKAQE=')),
  },
  MigrationNoAccount: { what: 'takes an export of nothing', answer: noAccounts },
  MigrationDamaged: { what: 'gives what it could read', answer: noAccounts },
};
