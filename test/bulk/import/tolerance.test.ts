import { describe, expect, test } from 'vitest';
import { entriesOf, imported, inChunks } from './exports.js';

const CHROME = 'name,url,username,password,note';
const ENTRY = {
  permissioned_user_id: 'ada',
  domain: 'https://a.example',
  user_name: 'ada',
  password: 'p',
};

describe('what files are like is no reason to refuse them', () => {
  test.each<[rule: string, content: string, ...passwords: string[]]>([
    ['CR and LF', `${CHROME}\r\na,https://a.example,ada,p,\r\n`],
    ['CR alone', `${CHROME}\ra,https://a.example,ada,p,\r`],
    [
      'mixed line ends',
      `${CHROME}\r\na,https://a.example,ada,p,\nb,https://b.example,ada,q,\r\nc,https://c.example,ada,r,\r`,
      'p',
      'q',
      'r',
    ],
    ['a byte order mark', `\uFEFF${CHROME}\na,https://a.example,ada,p,\n`],
    [
      'a byte order mark and quotation marks',
      `\uFEFF"name","url","username","password"\n"a","https://a.example","ada","p"\n`,
    ],
    ['no line break at the end', `${CHROME}\na,https://a.example,ada,p,`],
    ['empty lines', `\n\n${CHROME}\n\r\n\na,https://a.example,ada,p,\n\n\r\n`],
    ['lines of white space', `${CHROME}\n   \na,https://a.example,ada,p,\n\t\n`],
    [
      'quotation marks around everything',
      `"name","url","username","password","note"\n"a","https://a.example","ada","p",""`,
    ],
    [
      'line breaks within values',
      `${CHROME}\n"a\nb","https://a.example","ada","p\r\nq\rr\ns","n\n\n"`,
      'p\r\nq\rr\ns',
    ],
    ['an optional column missing', 'name,url,username,password\na,https://a.example,ada,p'],
    ['columns in another order', 'password,note,username,name,url\np,,ada,a,https://a.example'],
    ['columns in other letters', 'NAME,URL,UserName,PASSWORD\na,https://a.example,ada,p'],
    ['white space around column names', 'name, url ,username,\tpassword\na,https://a.example,ada,p'],
    ['a further column', 'name,url,username,password,note,colour\na,https://a.example,ada,p,,red'],
    ['white space around an address', `${CHROME}\na, https://a.example/ ,ada,p,`],
    [
      'NUL-like escapes and other controls',
      `${CHROME}\na,https://a.example,ada,\u0001\u001b[31m\u007f,`,
      '\u0001\u001b[31m\u007f',
    ],
    [
      'every white space at its ends',
      `${CHROME}\na,https://a.example,ada,"\u00a0 p\t\u3000",`,
      '\u00a0 p\t\u3000',
    ],
    ['a byte order mark within', `${CHROME}\na,https://a.example,ada,\uFEFFp\uFEFF,`, '\uFEFFp\uFEFF'],
  ])('%s', async (_, content, ...passwords) => {
    for (const size of [1, 3, 1000]) {
      const found = await imported(inChunks(new TextEncoder().encode(content), size));
      const entries = entriesOf(found) as { password?: string }[];
      const expected = passwords.length > 0 ? passwords : ['p'];
      expect(entries.map(({ password }) => password)).toEqual(expected);
      expect(entries[0]).toEqual({ ...ENTRY, password: expected[0] });
    }
  });

  test('a note of ten megabytes, which stays behind', async () => {
    const note = 'n'.repeat(10 * 2 ** 20);
    const found = await imported(
      `${CHROME}\na,https://a.example,ada,p,${note}\nb,https://b.example,ada,p,"${note}"`,
    );
    expect(entriesOf(found)).toHaveLength(2);
    expect(JSON.stringify(found.items).length).toBeLessThan(1000);
  });
});

describe('a row that cannot be an entry fails by itself, and shows no value', () => {
  const secret = 'FACADE2DECADE7BEADFADE42';

  test.each<[rule: string, row: string, message: RegExp]>([
    [
      'too few values',
      `b,https://b.example,ada,${secret}`,
      /^The row has 4 values where the header has 5: it is cut off/,
    ],
    [
      'too many values',
      `b,https://b.example,ada,${secret},,x`,
      /^The row has 6 values where the header has 5/,
    ],
    [
      'a password of ten megabytes',
      `b,https://b.example,ada,${secret}${'x'.repeat(10 * 2 ** 20)},`,
      /^The password is longer than 1048576 characters/,
    ],
    [
      'an address of ten megabytes',
      `b,https://b.example/${secret}${'x'.repeat(10 * 2 ** 20)},ada,p,`,
      /^The web address is longer than 1048576/,
    ],
    ['no user name', `b,https://b.example,,${secret},`, /^The record has no user name, .*options\.userId/],
    ['localhost', `b,http://localhost:3000,ada,${secret},`, /^domain must not be localhost/],
  ])('%s', async (_, row, message) => {
    const found = await imported(`${CHROME}\na,https://a.example,ada,p,\n${row}\nc,https://c.example,ada,p,`);
    expect(found.failed).toBe(1);
    expect(found.items.map((item) => [item.line, 'value' in item])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    const [, failure] = found.items;
    const error = failure !== undefined && 'error' in failure ? failure.error : undefined;
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain(secret.slice(0, 8));
    expect(error?.code).toBe('ERR_ENTRY_INVALID');
    expect(error?.issues).toHaveLength(1);
  });

  test('in JSON too', async () => {
    const items = [
      { type: 1, login: { uris: [{ uri: 'https://a.example' }], username: 'ada', password: 'p' } },
      secret,
      {
        type: 1,
        login: { uris: [{ uri: 'https://b.example' }], username: 'ada', password: 'x'.repeat(2 ** 20 + 1) },
      },
      null,
      { type: 1, login: { uris: 'https://c.example', username: 7, password: { a: secret } } },
    ];
    const found = await imported(JSON.stringify({ items }));
    expect(found.failed).toBe(3);
    expect(found.skipped).toEqual({ 'no web address': 1 });
    expect(found.items.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });
});

test('rows whose address has no scheme, or cannot be read, are passed over, and named to be mended', async () => {
  const urls = [
    'b.example.com',
    'münchen.de/login',
    'b.example.com:8443',
    'https:/b.example.com',
    'https://[b',
    'android://x@com.example',
    'ssh://b.example.com',
    'chrome://FirefoxAccounts',
    'https://a.example',
    '',
  ];
  const rows = urls.map((url) => `a,${url},ada,p,`);
  const found = await imported([CHROME, ...rows].join('\n'));
  expect(found.skipped).toEqual({ 'not a web address': 8, 'no web address': 1 });
  expect(found.withBadAddress).toEqual([1, 2, 3, 4, 5]);
});

test('of several addresses, one that could be mended is enough', async () => {
  const uris = (...all: string[]) => ({
    type: 1,
    login: { uris: all.map((uri) => ({ uri })), username: 'a' },
  });
  const items = [
    uris('androidapp://x', 'b.example.com'),
    uris('androidapp://x', 'iosapp://y'),
    uris('b.example.com', 'https://a.example'),
  ];
  const found = await imported(JSON.stringify({ items }));
  expect(found.skipped).toEqual({ 'not a web address': 2 });
  expect(found.withBadAddress).toEqual([1]);
});

test('an export that ends in a row cut off gives that row as a failure', async () => {
  const found = await imported(`${CHROME}\na,https://a.example,ada,p,\nb,https://b.ex`);
  expect(found.items.map((item) => 'value' in item)).toEqual([true, false]);
});

test('entries without a password are counted, but for those whose password a provider has', async () => {
  const plain = await imported(
    `${CHROME}\na,https://a.example,ada,p,\nb,https://b.example,ada,,\nb,https://b.example,ada,,`,
  );
  expect([plain.entries, plain.withoutPassword]).toEqual([2, 1]);
  const map = {
    site: 'domain',
    user: 'permissioned_user_id',
    provider: 'secret_provider_id',
    ref: 'secret_ref',
    name: 'user_name',
  };
  const own = await imported(
    'site,user,provider,ref,name\nhttps://a.example,ada,1,x,n\nhttps://b.example,ada,,,n\n',
    { map },
  );
  expect([own.entries, own.withoutPassword]).toEqual([2, 1]);
});
