import { createCipheriv } from 'node:crypto';
import { decryptData } from 'cloudcruise/dist/vault/utils.js';
import { answerRequest } from '../../../src/vectors/index.js';
import {
  type Bugs,
  encrypt,
  given,
  type Implementation,
  on,
  opensBy,
  refuses,
  sealsAs,
  strictJson,
  stringly,
} from './implementation.js';

const json = (value: string) => JSON.stringify(value);
const tryAs = (change: (sealed: string) => string) => given('open', 'sealed', change);

/** The published JavaScript client, version 1.0.1, as it is. */
const publishedClient: Implementation = on('open', async ({ key, sealed }) => {
  try {
    return { value: await decryptData(String(sealed), String(key)) };
  } catch {
    return { error: 'ERR_OPEN_FAILED' };
  }
});

const handsBack = (code: string): Implementation =>
  on('open', async (request) => {
    const answer = await answerRequest(request);
    return answer.error === code ? { value: request.sealed } : answer;
  });

const looksSealed = (value: unknown) => /^(?:[0-9a-f]{2}){30,}$/i.test(String(value));
const withoutTagCheck = {
  what: 'decrypts and does not check the tag',
  answer: opensBy({ checksTag: false }),
};
const hex = (text: string) => Buffer.from(text, 'hex');

/** As CESU-8: each half of a surrogate pair in three bytes. */
const cesu8 = (text: string) =>
  Buffer.concat(
    Array.from({ length: text.length }, (_, at) => {
      const unit = text.charCodeAt(at);
      return unit < 0xd800 || unit > 0xdfff
        ? Buffer.from(text.charAt(at))
        : Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63)]);
    }),
  );

/** Compares the first four bytes of the tag. */
const shortComparison: Implementation = on('open', async (request) => {
  const { key, sealed } = request;
  if (!looksSealed(sealed) || String(sealed).length < 60) return answerRequest(request);
  const bytes = hex(String(sealed));
  const iv = bytes.subarray(0, 12);
  // GCM's keystream begins at counter 2.
  const counter = Buffer.concat([iv, Buffer.from([0, 0, 0, 2])]);
  const plaintext = createCipheriv('aes-256-ctr', hex(String(key)), counter).update(bytes.subarray(12, -16));
  const right = encrypt(plaintext, String(key), iv.toString('hex'));
  if (right.slice(-32, -24) !== bytes.subarray(-16, -12).toString('hex')) return { error: 'ERR_OPEN_FAILED' };
  return answerRequest({ ...request, sealed: right });
});

export const sealedValues: Bugs = {
  Ascii: { what: 'seals the text itself, without JSON', answer: sealsAs((value) => value) },
  SolidusEscapes: {
    what: 'escapes slashes, as PHP',
    answer: sealsAs((value) => json(value).replaceAll('/', '\\/')),
  },
  HtmlEscapes: {
    what: 'escapes angle brackets and ampersands, as Go',
    answer: sealsAs((value) =>
      json(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026'),
    ),
  },
  EmptyString: {
    what: 'asks for more than 60 digits',
    answer: refuses('open', 'sealed', 'ERR_SEALED_FORMAT', /^.{0,60}$/s),
  },
  NonAscii: { what: 'writes Latin-1', answer: sealsAs((value) => Buffer.from(json(value), 'latin1')) },
  NormalForm: {
    what: 'normalises to NFC',
    answer: given('seal', 'value', (value) => value.normalize('NFC')),
  },
  Astral: { what: 'writes CESU-8', answer: sealsAs((value) => cesu8(json(value))) },
  ControlCharacters: {
    what: 'has no short escapes',
    answer: sealsAs((value) =>
      json(value).replaceAll('\\n', '\\u000a').replaceAll('\\t', '\\u0009').replaceAll('\\b', '\\u0008'),
    ),
  },
  LoneSurrogate: {
    what: 'replaces lone surrogates by U+FFFD',
    answer: given('seal', 'value', (value) => Buffer.from(value).toString()),
  },
  LineSeparator: {
    what: 'escapes U+2028 and U+2029, as for JavaScript source',
    answer: sealsAs((value) => json(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')),
  },
  ByteOrderMark: {
    what: 'decodes with a decoder that drops a byte order mark',
    answer: opensBy({
      read: (plaintext) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext)),
    }),
  },
  SurroundingSpace: { what: 'trims', answer: given('seal', 'value', (value) => value.trim()) },
  LooksSealed: {
    what: 'takes every long hex text for a sealed value',
    answer: refuses('seal', 'value', 'ERR_ALREADY_SEALED', /^[0-9a-f]{60,} ?$/i),
  },
  Length: {
    what: 'has a buffer of 4,096 bytes',
    answer: sealsAs((value) => Buffer.from(json(value)).subarray(0, 4096)),
  },
  Padding: {
    what: 'pads by characters',
    answer: sealsAs((value, padTo) => {
      const text = json(value);
      const unit = typeof padTo === 'number' && padTo >= 1 ? padTo : 1;
      return text.padEnd(Math.ceil(text.length / unit) * unit);
    }),
  },
  JsonSpace: {
    what: 'takes no white space around the JSON',
    answer: opensBy({
      read: (plaintext) => (/^".*"$/s.test(plaintext.toString()) ? strictJson(plaintext) : null),
    }),
  },
  PythonEscapes: {
    what: 'cuts the quotation marks off',
    answer: opensBy({ read: (plaintext) => plaintext.toString().trim().slice(1, -1) }),
  },
  UpperCaseHex: {
    what: 'reads lower case only',
    answer: refuses('open', 'sealed', 'ERR_SEALED_FORMAT', /[A-F]/),
  },
  AlreadySealed: { what: 'seals twice', answer: sealsAs(json) },
  ValueNotAString: {
    what: 'seals the JSON of anything',
    answer: on('seal', ({ value, key, iv }) => ({
      sealed: encrypt(JSON.stringify(value), String(key), String(iv)),
    })),
  },
  PadToRange: {
    what: 'ignores a padTo that is none',
    answer: on('seal', async (request) => {
      const answer = await answerRequest(request);
      return answer.error === 'ERR_PLAINTEXT_FORMAT'
        ? answerRequest({ ...request, padTo: undefined })
        : answer;
    }),
  },
  NotJson: {
    what: 'hands back what is not JSON',
    answer: opensBy({
      read: (plaintext) => {
        try {
          return strictJson(plaintext);
        } catch {
          return plaintext.toString();
        }
      },
    }),
  },
  NotAString: {
    what: 'makes a string of whatever JSON gives',
    answer: opensBy({ read: (plaintext) => String(strictJson(plaintext)) }),
  },
  LooseJson: {
    what: 'mends line breaks and tabs inside of strings',
    answer: opensBy({
      read: (plaintext) => JSON.parse(plaintext.toString().replaceAll('\n', '\\n').replaceAll('\t', '\\t')),
    }),
  },
  TrailingData: {
    what: 'stops behind the first string',
    answer: opensBy({
      read: (plaintext) => JSON.parse(/^\s*"(?:[^"\\]|\\.)*"/.exec(plaintext.toString())?.[0] ?? 'null'),
    }),
  },
  InvalidUtf8: {
    what: 'replaces what is not UTF-8',
    answer: opensBy({ read: (plaintext) => JSON.parse(plaintext.toString('utf8')) }),
  },
  WrongKey: { what: 'hands the sealed text back', answer: handsBack('ERR_OPEN_FAILED') },
};

const tagAt = (length: number) => (bytes: Buffer) =>
  [bytes.subarray(0, 12), bytes.subarray(12, -length), bytes.subarray(-length)] as const;

export const malformedValues: Bugs = {
  Untouched: {
    what: 'takes 16 bytes for the IV, as PyCryptodome by itself',
    answer: opensBy({
      parts: [(bytes) => [bytes.subarray(0, 16), bytes.subarray(16, -16), bytes.subarray(-16)]],
    }),
  },
  ChangedByte: withoutTagCheck,
  TagByte: { what: 'compares four bytes of the tag', answer: shortComparison },
  CutOff: withoutTagCheck,
  Inserted: withoutTagCheck,
  TruncatedTag: {
    what: 'tries shorter tags',
    answer: opensBy({ parts: [16, 15, 14, 13, 12, 8, 4].map(tagAt) }),
  },
  ShortTag: { what: 'is the published JavaScript client', answer: publishedClient },
  JunkBeforeTag: { what: 'is the published JavaScript client', answer: publishedClient },
  StrangeDigit: {
    what: 'decodes by Buffer.from(…, "hex"), which stops at a stranger',
    answer: tryAs((sealed) => hex(sealed).toString('hex')),
  },
  WhiteSpace: { what: 'ignores white space', answer: tryAs((sealed) => sealed.replaceAll(/\s/g, '')) },
  Separators: {
    what: 'ignores 0x and separators',
    answer: tryAs((sealed) => sealed.replace(/^0x/, '').replaceAll(/[:.-]/g, '')),
  },
  Encoding: {
    what: 'takes base64 as well',
    answer: tryAs((sealed) =>
      /^[0-9a-f]*$/i.test(sealed) ? sealed : Buffer.from(sealed, 'base64').toString('hex'),
    ),
  },
  UnicodeDigit: { what: 'reads fullwidth digits', answer: tryAs((sealed) => sealed.normalize('NFKC')) },
  OddDigits: {
    what: 'drops an odd digit',
    answer: tryAs((sealed) => (sealed.length % 2 === 1 ? sealed.slice(0, -1) : sealed)),
  },
  TooShort: {
    what: 'has no shortest length',
    answer: opensBy({ isSealed: (sealed) => /^(?:[0-9a-f]{2})*$/i.test(sealed) }),
  },
  IvSize: {
    what: 'tries an IV of 16 bytes, too',
    answer: opensBy({
      parts: [tagAt(16), (bytes) => [bytes.subarray(0, 16), bytes.subarray(16, -16), bytes.subarray(-16)]],
    }),
  },
  AdditionalData: withoutTagCheck,
  Order: {
    what: 'tries the tag between IV and ciphertext, too',
    answer: opensBy({
      parts: [tagAt(16), (bytes) => [bytes.subarray(0, 12), bytes.subarray(28), bytes.subarray(12, 28)]],
    }),
  },
  Spliced: withoutTagCheck,
  OtherCipher: {
    what: 'tries AES-128 with half of the key, too',
    answer: on('open', async (request) => {
      const answer = await answerRequest(request);
      return answer.error === 'ERR_OPEN_FAILED' ? opensBy({ cipher: 'aes-128-gcm' })(request) : answer;
    }),
  },
  WrongKey: { what: 'hands the sealed text back', answer: handsBack('ERR_OPEN_FAILED') },
  NotSealed: { what: 'hands plain text back', answer: handsBack('ERR_SEALED_FORMAT') },
  NotAString: { what: 'makes a string of what it is given', answer: stringly('open', 'sealed') },
};

export const publishedClients: Bugs = {
  JavaScriptClient: {
    what: 'reads Latin-1',
    answer: opensBy({ read: (plaintext) => JSON.parse(plaintext.toString('latin1')) }),
  },
  PythonClient: {
    what: 'cuts the quotation marks off',
    answer: opensBy({ read: (plaintext) => plaintext.toString().slice(1, -1) }),
  },
  DocumentationSnippet: {
    what: 'cuts the quotation marks off',
    answer: opensBy({ read: (plaintext) => plaintext.toString().slice(1, -1) }),
  },
  UncheckedTag: { what: 'is the published JavaScript client', answer: publishedClient },
  IgnoredSpace: {
    what: 'ignores white space, as bytes.fromhex',
    answer: tryAs((sealed) => sealed.replaceAll(/\s/g, '')),
  },
};
