import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, test } from 'vitest';
import { type ImportOptions, importEntries } from '../../../src/bulk/index.js';
import { CredsealError } from '../../../src/index.js';
import { MARKER, tracesOf } from '../../leaks/marker.js';
import { everythingShown } from '../../refusal.js';
import { sourceOf } from './exports.js';

const HEADER = 'name,url,username,password,note';
const ROW = `site,https://a.example,ada,${MARKER},${MARKER}`;
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));
const swapped = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le').swap16());
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

interface Member {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly password?: string;
}

async function zipOf(...members: readonly Member[]): Promise<Uint8Array<ArrayBuffer>> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const { name, content, password } of members) {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    await zip.add(name, new Uint8ArrayReader(bytes), password === undefined ? {} : { password });
  }
  return new Uint8Array(await zip.close());
}

/** The same archive with a name inside replaced, in the directory and before the file, by one of the same length. */
function renamed(archive: Uint8Array, from: string, to: string): Uint8Array<ArrayBuffer> {
  expect(to).toHaveLength(from.length);
  return latin1(Buffer.from(archive).toString('latin1').replaceAll(from, to));
}

const PUX = JSON.stringify({ accounts: [] });
const bitwarden = (more: object) => JSON.stringify({ encrypted: false, items: [], ...more });

type Case = readonly [
  rule: string,
  content: string | Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>,
  message: RegExp,
  options?: ImportOptions,
];

const encodings: Case[] = [
  [
    'UTF-16 with a byte order mark',
    utf16(`\uFEFF${HEADER}\n${ROW}`),
    /is UTF-16.*iconv -f UTF-16 -t UTF-8 FILE > utf8-FILE$/,
  ],
  ['UTF-16, big endian', swapped(`\uFEFF${HEADER}\n${ROW}`), /is UTF-16.*iconv/],
  ['UTF-16 without a mark', utf16(`${HEADER}\n${ROW}`), /looks like UTF-16.*iconv -f UTF-16LE/],
  [
    'UTF-16, big endian, without a mark',
    swapped(`${HEADER}\n${ROW}`),
    /looks like UTF-16.*iconv -f UTF-16BE/,
  ],
  [
    'Latin-1',
    latin1(`${HEADER}\n${ROW}\nzoë,https://b.example,zoë,${MARKER},\n`),
    /^Line 3 is not valid UTF-8.*iconv -f WINDOWS-1252 -t UTF-8 FILE > utf8-FILE$/,
  ],
  ['Latin-1 in JSON', latin1(bitwarden({ items: [`ä${MARKER}`] })), /^Line 1 is not valid UTF-8.*iconv/],
  ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), /gzip.*gunzip/],
  ['a binary file', utf8(`SQLite format 3\0${MARKER}`), /binary, or damaged.*NUL byte/],
  ['a binary file that begins like text', utf8(`${HEADER}\n${ROW}\n${'x'.repeat(5000)}\0`), /NUL byte/],
  ['a hole of NUL bytes', utf8(`${HEADER}\n${ROW}\n${'\0'.repeat(5000)}`), /NUL byte/],
  ['nothing', '', /^The file is empty/],
  ['nothing but a byte order mark', '\uFEFF', /no header and no rows/],
  ['nothing but line breaks', '\r\n\r\n\n', /no header and no rows/],
  [
    'cut off within a character',
    utf8(`${HEADER}\n${ROW.slice(0, -1)}ä`).slice(0, -1),
    /ends within a character, in line 2.*cut off/,
  ],
];

const shapes: Case[] = [
  [
    'cut off within quotation marks',
    `${HEADER}\n${ROW}\nb,https://b.example,"ada,${MARKER}`,
    /^Row 2 \(line 3\) begins a quoted value that never ends: the file was cut off/,
  ],
  [
    'cut off within quotation marks, after a value with line breaks',
    `${HEADER}\nb,https://b.example,"a\nd\na",${MARKER},\n"${MARKER}`,
    /^Row 2 \(line 5\)/,
  ],
  [
    'a quotation mark within a value',
    `${HEADER}\n${ROW}\nb,https://b.example,ada,${MARKER}"x,`,
    /^Row 2 \(line 3\) has a quotation mark inside an unquoted value/,
  ],
  [
    'more behind a quoted value',
    `${HEADER}\nb,https://b.example,ada,"${MARKER}"x,`,
    /^Row 1 \(line 2\) continues after the quotation mark/,
  ],
  ['a header that is cut off', `name,url,"user`, /^The header \(line 1\) begins a quoted value/],
  [
    'a row without end',
    `${HEADER}\n${ROW}\nb,"${MARKER}${'x'.repeat(33 * 2 ** 20)}`,
    /^Row 2 \(line 3\) is larger than 32 MiB/,
  ],
  [
    'JSON that is cut off',
    bitwarden({ items: [{ name: MARKER }] }).slice(0, -3),
    /ends too early: it was cut off, at line 1, column \d+/,
  ],
  [
    'JSON that is damaged',
    `{"encrypted": false,\n"items": [${MARKER}]}`,
    /is not valid JSON, at line 2, column 11/,
  ],
  [
    'JSON that is an array',
    JSON.stringify([{ password: MARKER }]),
    /no export that is known.*credseal payload/,
  ],
  [
    'a Bitwarden export with a member twice: encrypted or not, readers do not agree',
    `{"encrypted": true, ${bitwarden({}).slice(1)}`,
    /has a member twice, at line 1, column 21: which one counts/,
  ],
  [
    'a Bitwarden export with a password twice, further inside, once with an escape',
    `{"encrypted": false, "items": [\n{"type":1,"login":{"password":"${MARKER}","p\\u0061ssword":"${MARKER}"}}]}`,
    /has a member twice, at line 2, column \d+: which one counts/,
  ],
  [
    'a 1PUX export with a member twice',
    zipOf({
      name: 'export.data',
      content: `{"accounts":[{"vaults":[{"vaults":[],"items":[],"items":["${MARKER}"]}]}]}`,
    }),
    /has a member twice, at line 1, column \d+: which one counts/,
  ],
  [
    'the export.data of a 1PUX export with a member twice',
    `{"accounts":[],"accounts":["${MARKER}"]}`,
    /has a member twice, at line 1, column 16: which one counts/,
  ],
  [
    'JSON of something else',
    JSON.stringify({ password: MARKER }),
    /no export that is known.*credseal payload/,
  ],
  [
    'JSON that fits two formats',
    JSON.stringify({
      accounts: [{ vaults: [{ items: [MARKER] }] }],
      items: [{ type: 1, login: { password: MARKER } }],
    }),
    /several formats: 1pux, bitwarden-json/,
  ],
  [
    'an encrypted Bitwarden export',
    bitwarden({ encrypted: true, passwordProtected: true, data: MARKER }),
    /is encrypted\. Export the vault again with the file format ".json"/,
  ],
  [
    'an encrypted Bitwarden export of the account, without items',
    JSON.stringify({ encrypted: true, encKeyValidation_DO_NOT_EDIT: MARKER, data: MARKER }),
    /is encrypted\. Export the vault again/,
  ],
  ['a Bitwarden export whose items are none', bitwarden({ items: MARKER }), /no export that is known/],
  [
    'a Bitwarden export whose items are none, by its name',
    bitwarden({ items: MARKER }),
    /has no "items"/,
    { from: 'bitwarden-json' },
  ],
  [
    'a 1PUX export whose accounts are none',
    JSON.stringify({ accounts: MARKER }),
    /has no "accounts"/,
    { from: '1pux' },
  ],
];

const headers: Case[] = [
  [
    'two columns of one name',
    `name,url,username,password,password\n${ROW}`,
    /^Columns 4 and 5 of the header have the same name/,
  ],
  [
    'two columns of one name, with white space',
    `url,name,username,password, url\n${ROW}`,
    /^Columns 1 and 5 of the header/,
  ],
  [
    'a column missing',
    `name,url,username,note\n${ROW}`,
    /^The header has no column password, which an export of chrome has/,
    { from: 'chrome' },
  ],
  [
    'columns missing',
    `Title,Notes\n${ROW}`,
    /^The header has no column URL and no Username and no Password/,
    { from: 'keepassxc' },
  ],
  [
    'the header of nothing known',
    `Ort,Benutzer,${MARKER}\n${ROW}`,
    /^The header is that of no export that is known \(1password, .*protonpass.*\)\. Say what it is/,
  ],
  ['no header', `${ROW}\n${ROW}2`, /^The header is that of no export|have the same name/],
  [
    'semicolons',
    `name;url;username;password\na;https://a.example;ada;${MARKER}`,
    /separated by semicolons or tabs: save it with commas/,
  ],
  ['tabs', `name\turl\tusername\tpassword\na\thttps://a.example\tada\t${MARKER}`, /semicolons or tabs/],
  [
    'a header that fits several formats',
    `Title,URL,Username,Password,Notes,OTPAuth,Icon\n${ROW}`,
    /^The header fits several formats: apple, keepassxc\. Say which it is/,
  ],
  [
    'a map whose column is not there',
    `Site,Login,Secret\n${ROW}`,
    /^Column 2 in options\.map, for password, is not in the header/,
    { map: { Site: 'domain', [MARKER]: 'password' } },
  ],
];

const kinds: Case[] = [
  [
    'a ZIP archive as CSV',
    zipOf({ name: 'export.csv', content: ROW }),
    /An export of chrome is CSV; this file is a ZIP archive\. Unpack it/,
    { from: 'chrome' },
  ],
  [
    'a ZIP archive as JSON',
    zipOf({ name: 'export.json', content: ROW }),
    /The ZIP archive has no data.json in it.*Unpack it/,
    { from: 'bitwarden-json' },
  ],
  [
    'CSV as 1PUX',
    `${HEADER}\n${ROW}`,
    /An export of 1pux is a ZIP archive with export.data inside.*this file is text that is neither JSON, XML nor a ZIP archive/,
    { from: '1pux' },
  ],
  [
    'CSV as JSON',
    `${HEADER}\n${ROW}`,
    /An export of bitwarden-json is JSON, or a ZIP archive with data.json inside; this file is text/,
    { from: 'bitwarden-json' },
  ],
  [
    'JSON as CSV',
    bitwarden({ items: [MARKER] }),
    /An export of bitwarden is CSV; this file is JSON/,
    { from: 'bitwarden' },
  ],
  ['Bitwarden as 1PUX', bitwarden({ items: [MARKER] }), /no 1PUX export/, { from: '1pux' }],
];

const XML = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>';
const isDamaged = /^The XML is damaged or cut off: export again, at line \d+, column \d+\.$/;
const markup: Case[] = [
  [
    'KeePass in XML without a root',
    `${XML}\n<KeePassFile><Value>${MARKER}</Value></KeePassFile>`,
    /not an export of KeePass 2/,
  ],
  ['XML of something else', `\uFEFF\r\n ${XML}<a b="${MARKER}"/>`, /XML or HTML of no export that is known/],
  ['XML that is cut off', `${XML}<KeePassFile><Root><Group>${MARKER}`, isDamaged],
  ['XML that is not well-formed', `${XML}<KeePassFile><Root>${MARKER}</KeePassFile>`, isDamaged],
  ['an entity that a document has to define', `${XML}<KeePassFile>&${MARKER};</KeePassFile>`, isDamaged],
  [
    'an entity bomb',
    `${XML}<!DOCTYPE k [<!ENTITY a "${MARKER}"><!ENTITY b "&a;&a;&a;&a;">]><KeePassFile>&b;</KeePassFile>`,
    /has a document type, which no export has/,
  ],
  [
    'elements without end in elements',
    `${XML}${'<Group>'.repeat(100_000)}`,
    /is more than 500 elements deep/,
  ],
  ['HTML', `<!DOCTYPE html>\n<td>${MARKER}</td>`, /^The file is HTML, which is not read/],
  [
    'XML that is said to be CSV',
    `${XML}<a>${MARKER}</a>`,
    /An export of keepassxc is CSV; this file is XML or HTML/,
    { from: 'keepassxc' },
  ],
  [
    'XML that is said to be JSON',
    `${XML}<a>${MARKER}</a>`,
    /An export of bitwarden-json is JSON.*; this file is XML or HTML/,
    { from: 'bitwarden-json' },
  ],
  [
    'XML in an archive',
    zipOf({ name: 'credentials.csv', content: `${XML}<a>${MARKER}</a>` }),
    /this file is XML or HTML/,
  ],
  [
    'a database of KeePass',
    Uint8Array.of(0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, 0, 0, 4, 0),
    /is a database of KeePass, which is encrypted.*keepassxc-cli export/,
  ],
];

const BOMB = new Uint8Array(20 * 2 ** 20);
const archives: Case[] = [
  [
    'an archive of something else',
    zipOf({ name: `${MARKER}.txt`, content: ROW }),
    /has no Passwords.csv .*and no export.data.* in it: it is no export that is known/,
  ],
  [
    'an archive of Dashlane as 1PUX',
    zipOf({ name: 'credentials.csv', content: ROW }),
    /has no export.data in it/,
    { from: '1pux' },
  ],
  [
    'an archive with two exports',
    zipOf({ name: 'credentials.csv', content: ROW }, { name: 'export.data', content: PUX }),
    /more than one export/,
  ],
  ['an empty archive', zipOf(), /it is no export that is known/],
  [
    'an encrypted archive of Proton Pass',
    zipOf({ name: 'Proton Pass/data.pgp', content: MARKER }),
    /export of Proton Pass is encrypted.*"ZIP" or "CSV"/,
  ],
  [
    'an archive cut off',
    zipOf({ name: 'export.data', content: PUX }).then((bytes) => bytes.slice(0, -30)),
    /is damaged or cut off/,
  ],
  [
    'a zip bomb',
    zipOf({ name: 'export.data', content: BOMB }),
    /larger than 256 MiB unpacked, or more than 200 times its packed size/,
  ],
  [
    'a zip bomb that lies about its size',
    zipOf({ name: 'export.data', content: BOMB }).then((bytes) => sayingSize(bytes, BOMB.length, 1000)),
    /larger than 256 MiB unpacked|contradicts itself|damaged/,
  ],
  [
    'an encrypted archive',
    zipOf({ name: 'export.data', content: PUX, password: MARKER }),
    /is encrypted\. Export without a password/,
  ],
  [
    '../ before the name',
    zipOf({ name: 'xx/export.data', content: PUX }).then((bytes) =>
      renamed(bytes, 'xx/export.data', '../export.data'),
    ),
    /leads outside/,
  ],
  [
    '../ within another name',
    zipOf({ name: 'a/xx/b', content: ROW }, { name: 'export.data', content: PUX }).then((bytes) =>
      renamed(bytes, 'a/xx/b', 'a/../b'),
    ),
    /leads outside/,
  ],
  [
    '..\\ in another name',
    zipOf({ name: 'xx-b', content: ROW }, { name: 'export.data', content: PUX }).then((bytes) =>
      renamed(bytes, 'xx-b', '..\\b'),
    ),
    /leads outside/,
  ],
  [
    'an absolute name',
    zipOf({ name: 'xetc/passwd', content: ROW }, { name: 'export.data', content: PUX }).then((bytes) =>
      renamed(bytes, 'xetc/passwd', '/etc/passwd'),
    ),
    /leads outside/,
  ],
  [
    'a name of Windows',
    zipOf({ name: 'CC/x', content: ROW }, { name: 'export.data', content: PUX }).then((bytes) =>
      renamed(bytes, 'CC/x', 'C:/x'),
    ),
    /leads outside/,
  ],
  [
    'a name in the directory that is not the one before the file',
    zipOf({ name: 'export.datb', content: PUX }).then((bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      const at = text.lastIndexOf('export.datb');
      return latin1(`${text.slice(0, at)}export.data${text.slice(at + 11)}`);
    }),
    /contradicts itself|damaged/,
  ],
  [
    'an archive in an archive',
    zipOf({ name: 'export.data', content: PUX }).then((bytes) =>
      zipOf({ name: 'export.data', content: bytes }),
    ),
    /is a ZIP archive itself/,
  ],
];

/** The same archive, saying another size wherever it says one. */
function sayingSize(archive: Uint8Array, size: number, other: number): Uint8Array<ArrayBuffer> {
  const inBytes = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes.toString('latin1');
  };
  const text = Buffer.from(archive).toString('latin1');
  expect(text).toContain(inBytes(size));
  return latin1(text.replaceAll(inBytes(size), inBytes(other)));
}

describe.each<[kind: string, cases: Case[]]>([
  ['of another encoding', encodings],
  ['that is damaged', shapes],
  ['whose header does not fit', headers],
  ['of another kind', kinds],
  ['of markup', markup],
  ['that is a hostile or broken archive', archives],
])('a file %s is refused before there is an entry, and says what to do without a value', (_, cases) => {
  test.each(cases.map((one) => ({ rule: one[0], one })))(
    '$rule',
    async ({ one: [, content, message, options] }) => {
      const error = await importEntries(sourceOf(await content), options).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(CredsealError);
      const refused = error as CredsealError;
      expect(refused.message).toMatch(message);
      expect(refused.code).toBe('ERR_ENTRY_INVALID');
      expect(tracesOf(MARKER, everythingShown(refused))).toEqual([]);
    },
  );
});

test('whichever byte of an archive is changed, it is refused, or gives what it held', async () => {
  const items = [{ state: 'active', details: { loginFields: [] }, overview: {} }];
  const content = JSON.stringify({ accounts: [{ vaults: [{ items }] }] });
  const archive = await zipOf({ name: 'export.data', content });
  const ways = { same: 0, refused: 0 };
  for (let at = 0; at < archive.length; at++) {
    for (const bit of [1, 0x80]) {
      const changed = archive.slice();
      changed[at] = (changed[at] ?? 0) ^ bit;
      try {
        const { rows, skipped } = await importEntries(sourceOf(changed));
        expect({ rows, skipped }).toEqual({ rows: 1, skipped: { 'not a login': 1 } });
        ways.same += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(CredsealError);
        ways.refused += 1;
      }
    }
  }
  expect(ways.refused).toBeGreaterThan(ways.same);
});
