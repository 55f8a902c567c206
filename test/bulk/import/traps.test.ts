import { describe, expect, test } from 'vitest';
import { type ImportOptions, importEntries } from '../../../src/bulk/index.js';
import { entriesOf, imported, sourceOf } from './exports.js';

const SECRET = 'JBSWY3DPEHPK3PXP';
const userId = '{host}/{row}';

/** What became of an export: entries by host and password, the numbers of rows that failed, and what was passed over. */
async function outcomeOf(content: string, options?: ImportOptions) {
  const found = await imported(content, { userId, ...options });
  return {
    entries: (entriesOf(found) as unknown as Record<string, string>[]).map(
      ({ domain, password }) => `${domain} ${password ?? '-'}`,
    ),
    failed: found.items.flatMap((item) => ('error' in item ? [item.line] : [])),
    skipped: found.skipped,
    found,
  };
}
const refusalOf = async (content: string, options?: ImportOptions) =>
  importEntries(sourceOf(content), options).then(
    () => undefined,
    (error: Error) => error.message,
  );

const login = (password: string, ...uris: (string | object)[]) => ({
  type: 1,
  login: {
    uris: uris.map((uri) => (typeof uri === 'string' ? { match: null, uri } : uri)),
    username: 'kim',
    password,
  },
});
const bitwarden = (...items: object[]) => JSON.stringify({ encrypted: false, folders: [], items });
const CHROME = 'name,url,username,password,note';
const chrome = (...urls: string[]) =>
  [CHROME, ...urls.map((url, row) => `a,${url},kim,p${row + 1},`)].join('\n');

describe('the site of an entry is that of the first address', () => {
  test('a bare host before a web address fails its row: the password belongs to the first', async () => {
    const found = await outcomeOf(
      bitwarden(
        login('a', 'nas.example.com:5001', 'https://other.example'),
        login('b', 'https://first.example', 'nas.example.com'),
        login('c', 'ssh://server.example', 'https://other.example'),
        login('d', 'androidapp://com.example', 'android-app://x', 'iosapp://y', 'https://site.example'),
        login('e', 'https:/misspelt.example', 'https://other.example'),
      ),
    );
    expect(found.entries).toEqual(['https://first.example b', 'https://site.example d']);
    expect(found.failed).toEqual([1, 3, 5]);
    expect(found.found.items[0]).toMatchObject({
      error: {
        message: expect.stringMatching(/^The first address decides/),
        issues: [{ rule: 'setting/domain' }],
      },
    });
  });

  test('with assumeHttps, bare hosts begin with https://, and nothing else does', async () => {
    const urls = [
      'nas.example.com:5001',
      'münchen.de/login',
      '192.0.2.7',
      '[2001:db8::1]:8443/x',
      'kim@example.com',
    ];
    const others = [
      'my notes',
      'localhost',
      'https:/b.example.com',
      'ssh://b.example',
      '*.example.com',
      'a..b',
      '.a.b',
    ];
    const found = await outcomeOf(chrome(...urls, ...others), { assumeHttps: true });
    expect(found.entries).toEqual([
      'https://nas.example.com:5001 p1',
      'https://xn--mnchen-3ya.de p2',
      'https://192.0.2.7 p3',
      'https://[2001:db8::1]:8443 p4',
    ]);
    const first = await outcomeOf(bitwarden(login('a', 'nas.example.com:5001', 'https://other.example')), {
      assumeHttps: true,
    });
    expect(first.entries).toEqual(['https://nas.example.com:5001 a']);
  });

  test.each([
    'https://*.example.org',
    'https://.*\\.example\\.com/login',
    '*.example.org',
    'https://%2A.example.org',
    'https://＊.example.org',
    'https://(www|sso).example.org',
    '^https://www\\.example\\.com$',
    'http*://www.example.org',
  ])('a pattern is no address, and its row is named: %s', async (url) => {
    const { entries, found } = await outcomeOf(bitwarden(login('a', url)));
    expect([entries, found.skipped, found.withBadAddress]).toEqual([[], { 'not a web address': 1 }, [1]]);
    expect((await outcomeOf(bitwarden(login('a', url, 'https://real.example')))).entries).toEqual([
      'https://real.example a',
    ]);
  });

  test('nor is what Bitwarden matches as a regular expression, or never', async () => {
    const found = await outcomeOf(
      bitwarden(
        login('a', { match: 4, uri: 'https://a.example' }),
        login('b', { match: 5, uri: 'https://never.example' }, 'https://real.example'),
        login('c', { match: 5, uri: 'https://never.example' }),
      ),
    );
    expect(found.entries).toEqual(['https://real.example b']);
    expect(found.skipped).toEqual({ 'not a web address': 1, 'no web address': 1 });
    expect([found.found.withBadAddress, found.found.withoutAddress]).toEqual([[1], [3]]);
  });

  test('rows with a password or a TOTP secret and without an address are named', async () => {
    const csv = [
      'folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp',
      `,,login,One,,,0,,kim,,${SECRET}`,
      ',,login,Two,,,0,,kim,pw-two,',
      ',,login,Three,,,0,https://three.example,kim,pw-three,',
      ',,login,Four,,,0,,kim,,',
    ].join('\n');
    const { found } = await outcomeOf(csv);
    expect([found.skipped, found.withoutAddress]).toEqual([{ 'no web address': 3 }, [1, 2]]);
  });
});

describe('of rows of one entry', () => {
  const HEADER = 'url,username,password,totp,extra,name,grouping,fav';
  const FULL = `https://a.example/login,kim,real,${SECRET},,A,,0`;
  const failure = (row: number) => ({
    line: row,
    error: expect.objectContaining({
      message: expect.stringMatching(/^The row names the same entry as row \d, and the later of them lacks/),
      issues: [expect.objectContaining({ rule: 'batch/duplicate-entry' })],
    }),
  });

  test.each([
    ['without a password', 'https://a.example/forgot,kim,,,,stub,,0'],
    ['without a TOTP secret', 'https://a.example/forgot,kim,new,,,stub,,0'],
    ['with nothing but a TOTP secret', `https://a.example/forgot,kim,,${SECRET},,stub,,0`],
  ])('a later one %s takes no place, and both fail', async (_, later) => {
    const found = await imported([HEADER, FULL, later].join('\n'), { userId: '{host}' });
    expect(found.items).toEqual([failure(1), failure(2)]);
    expect([found.entries, found.failed, found.superseded.size]).toEqual([0, 2, 0]);
  });

  test('the later one wins with every kind of credential that the others have, and with more', async () => {
    const rows = ['https://a.example,kim,,,,stub,,0', 'https://a.example,kim,old,,,older,,0', FULL];
    const found = await imported([HEADER, ...rows].join('\n'));
    expect([...found.superseded]).toEqual([
      [1, 3],
      [2, 3],
    ]);
    expect(entriesOf(found)).toMatchObject([{ password: 'real', tfa_secret: SECRET }]);
  });

  test('it is the same where a date decides', async () => {
    const item = (password: string, totp: string, revisionDate: string) => ({
      type: 1,
      revisionDate,
      login: { uris: [{ uri: 'https://a.example' }], username: 'kim', password, totp },
    });
    const newerFirst = bitwarden(
      item('new', '', '2025-01-01T00:00:00Z'),
      item('old', SECRET, '2020-01-01T00:00:00Z'),
    );
    expect((await outcomeOf(newerFirst, { userId: '{username}' })).failed).toEqual([1, 2]);
    const sound = bitwarden(
      item('new', SECRET, '2025-01-01T00:00:00Z'),
      item('old', '', '2020-01-01T00:00:00Z'),
    );
    const { entries, found } = await outcomeOf(sound, { userId: '{username}' });
    expect([entries, [...found.superseded]]).toEqual([['https://a.example new'], [[2, 1]]]);
  });

  test('and where the TOTP secret of one of them cannot be used', async () => {
    const found = await imported(
      [HEADER, 'https://a.example,kim,old,123456,,A,,0', 'https://a.example,kim,new,,,A,,0'].join('\n'),
    );
    expect(found.items).toEqual([failure(1), failure(2)]);
  });
});

describe('the recycle bin of KeePassXC', () => {
  const HEADER =
    '"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"';
  const row = (group: string, password: string, changed = '2024-01-01T00:00:00Z') =>
    `"${group}","T","kim","${password}","https://a.example","","","0","${changed}","2020-01-01T00:00:00Z"`;
  const LATER = '2025-01-01T00:00:00Z';

  test.each([
    ['Passwörter', 'Papierkorb'],
    ['Mots de passe', 'Corbeille'],
    ['パスワード', 'ゴミ箱'],
    ['Hesla', 'Koš'],
    ['Passwords', 'Recycle Bin'],
    ['Team/Ops', 'Lixeira'],
    ['a/b/c', '回收站'],
    ['/', 'Kosz'],
  ])('beneath a root group %s is called %s', async (root, bin) => {
    const rows = [
      row(`${root}/Work`, 'live'),
      row(`${root}/${bin}`, 'gone', LATER),
      row(`${root}/${bin}/Old`, 'gone'),
    ];
    const { entries, skipped } = await outcomeOf([HEADER, ...rows, row(root, 'root')].join('\n'));
    expect([entries, skipped]).toEqual([
      ['https://a.example live', 'https://a.example root'],
      { deleted: 2 },
    ]);
  });

  test('is no group of the same name further down, and none whose name is longer', async () => {
    const groups = ['Root/City/Papierkorb', 'Root/Papierkorb-Projekt', 'Root', 'Papierkorb'];
    const { entries } = await outcomeOf([HEADER, ...groups.map((group) => row(group, 'live'))].join('\n'));
    expect(entries).toHaveLength(4);
  });
});

describe('values that are none', () => {
  test.each([
    ['{REF:P@I:0123456789ABCDEF0123456789ABCDEF}', 'kim', 'https://a.example'],
    ['pw', '{REF:U@I:0123456789ABCDEF0123456789ABCDEF}', 'https://a.example'],
    ['pw', 'kim', '{REF:A@T:portal}'],
    ['x{ref:p@t:portal}', 'kim', 'https://a.example'],
  ])('a reference of KeePass fails its row, in every format: %s %s %s', async (password, username, url) => {
    const csv = `${CHROME}\na,${url},${username},${password},`;
    expect((await outcomeOf(csv)).failed).toEqual([1]);
    const json = { type: 1, login: { uris: [{ uri: url }], username, password } };
    expect((await outcomeOf(bitwarden(json))).failed).toEqual([1]);
  });

  const ENTITIES = [
    'url,username,password,totp,extra,name,grouping,fav',
    'https://shop.example/,kim,Win&amp;ter&lt;7&gt;,,,Shop,,0',
    'https://plain.example/,kim,plain&one;&,,,Plain &amp; simple,,0',
    'https://q.example/?a=1&amp;b=2,kim&#39;s,&quot;&amp;amp;&#x1F511;,,,Q,,0',
  ].join('\n');

  test('HTML entities stay, and their rows are named', async () => {
    const { entries, found } = await outcomeOf(ENTITIES);
    expect(entries[0]).toBe('https://shop.example Win&amp;ter&lt;7&gt;');
    expect(found.withEntities).toEqual([1, 3]);
  });

  test('or are decoded once, with decodeEntities', async () => {
    const { found } = await outcomeOf(ENTITIES, { decodeEntities: true });
    expect(entriesOf(found)).toMatchObject([
      { password: 'Win&ter<7>' },
      { password: 'plain&one;&' },
      { password: '"&amp;🔑', user_name: "kim's" },
    ]);
    expect(found.withEntities).toEqual([]);
  });
});

describe('backslashes of KeePass 1.x and 1Password 7', () => {
  const KEEPASS = '"Account","Login Name","Password","Web Site","Comments"';

  test('are escapes in KeePass, of quotation marks and of themselves, also with a map', async () => {
    const row = String.raw`"a","dom\\kim","a\\b\"c,\\","https://a.example","\"n\" \\"`;
    const own = { 'Web Site': 'domain', 'Login Name': 'user_name', Password: 'password' };
    for (const map of [undefined, own]) {
      const { found } = await outcomeOf(`${KEEPASS}\n${row}`, { map });
      expect(entriesOf(found)).toMatchObject([{ user_name: 'dom\\kim', password: 'a\\b"c,\\' }]);
    }
  });

  const MAC = '"Notes","Password","tags","Title","Type","URL","Username"';

  test('are escapes of quotation marks in 1Password 7 where the file shows it', async () => {
    const rows = [
      String.raw`"t","p\"w","{(` +
        '\n' +
        String.raw`    \"My things\"` +
        '\n)}","A","Login","https://a.example","kim"',
      String.raw`"t","a\b","{()}","B","Login","https://b.example","kim"`,
      String.raw`"t","a\\b","{()}","C","Login","https://c.example","kim"`,
    ];
    const { entries, failed, found } = await outcomeOf([MAC, ...rows].join('\n'));
    expect([found.format, entries]).toEqual([
      '1password7',
      ['https://a.example p"w', 'https://b.example a\\b'],
    ]);
    // Whether it doubles backslashes is not known.
    expect(failed).toEqual([3]);
  });

  test('and are as they are where it does not', async () => {
    const row = String.raw`"t","a\\b","{()}","C","Login","https://c.example","kim"`;
    expect((await outcomeOf(`${MAC}\n${row}`)).entries).toEqual(['https://c.example a\\\\b']);
  });
});

describe('columns', () => {
  test.each([
    ['otpauth', `otpauth://totp/P?secret=${SECRET}`],
    ['twofaSecret', SECRET],
    ['TOTP Key', 'x'],
    ['2FA', 'x'],
    ['One-time password', 'x'],
    ['mfa', 'x'],
    ['Extra field 1', `otpauth://totp/P?secret=${SECRET}`],
    ['Seed', SECRET],
  ])('one that looks like a second factor is refused: %s %s', async (column, value) => {
    const csv = `name,url,username,password,${column}\na,https://a.example,kim,pw,\nb,https://b.example,kim,pw,${value}`;
    expect(await refusalOf(csv)).toBe(
      `Column 5 (${column}) looks like a second factor, and would not be imported. Name all columns to import in options.map (the field is tfa_secret), or name this column in options.ignoreColumns to ignore it.`,
    );
    const ignored = await outcomeOf(csv, { ignoreColumns: [column] });
    expect(ignored.entries).toHaveLength(2);
    const own = { url: 'domain', username: 'user_name', password: 'password' };
    expect(await refusalOf(csv, { map: own })).toMatch(/^Column 5/);
    if (value.length > 1) {
      const { found } = await outcomeOf(csv, { map: { ...own, [column]: 'tfa_secret' } });
      expect(entriesOf(found)).toMatchObject([{}, { tfa_secret: SECRET }]);
    }
  });

  test('one without anything in it is left behind without a word, and so are words', async () => {
    const csv = 'name,url,username,password,otpauth,Seed\na,https://a.example,kim,pw,,SUNFLOWER';
    expect((await outcomeOf(csv)).found.columnsLeftBehind).toEqual(['Seed']);
  });

  test('that are left behind are listed by their headers', async () => {
    const csv = 'name,url,username,password,note,colour,empty\na,https://a.example,kim,pw,n,red,';
    expect((await outcomeOf(csv)).found.columnsLeftBehind).toEqual(['note', 'colour']);
  });

  test('to ignore have to be there', async () => {
    expect(await refusalOf(`${CHROME}\n`, { ignoreColumns: ['note', 'Note'] })).toMatch(
      /^Column 2 in options\.ignoreColumns is not in the header/,
    );
  });

  test.each(['otp', 'otpSecret', 'otpUrl'])('of Dashlane: %s, in which null is none', async (column) => {
    const value = column === 'otpUrl' ? `otpauth://totp/x?secret=${SECRET}` : SECRET;
    const csv = `username,username2,username3,title,password,note,url,category,${column}\nkim,,,A,pw,,https://a.example,,${value}\nkim,,,B,pw,,https://b.example,,null`;
    const { found } = await outcomeOf(csv);
    expect([found.format, found.entries]).toEqual(['dashlane', 2]);
    expect(entriesOf(found).map((entry) => 'tfa_secret' in entry)).toEqual([true, false]);
  });

  test.each([
    '"Notes","one-time password(TOTP_x)","Password","tags","Title","Type","URL","Username",',
    '"UUID","TITLE","USERNAME","PASSWORD","URL","SCOPE","SECTION_ABC 1: ONE-TIME PASSWORD","SECTION_DEF 2: ONE-TIME PASSWORD"',
  ])('of 1Password 7: %s', async (header) => {
    const cells: Record<string, string> = {
      url: 'https://a.example',
      username: 'kim',
      password: 'pw',
      type: 'Login',
      'one-time password(totp_x)': `otpauth://totp/x?secret=${SECRET}`,
      'section_def 2: one-time password': SECRET,
    };
    const names = header.replaceAll('"', '').toLowerCase().split(',');
    const { found } = await outcomeOf(`${header}\n${names.map((name) => cells[name] ?? '').join(',')}`);
    expect(found.format).toBe('1password7');
    expect(entriesOf(found)).toMatchObject([{ user_name: 'kim', password: 'pw', tfa_secret: SECRET }]);
  });

  test('beyond the header of RoboForm belong to its last one, also with a map', async () => {
    const csv = [
      'Name,Url,MatchUrl,Login,Pwd,Note,Folder,RfFieldsV2',
      `A,https://a.example,https://a.example,kim,pw,,,"User ID$,,,txt,kim","Password$,,,pwd,pw","TOTP KEY$,,,txt,${SECRET}"`,
      'Memo,,,,,some text,',
    ].join('\n');
    for (const map of [undefined, { Url: 'domain', Login: 'user_name', Pwd: 'password' } as const]) {
      const { found, skipped } = await outcomeOf(csv, { map });
      expect(entriesOf(found)).toMatchObject([{ user_name: 'kim', password: 'pw', tfa_secret: SECRET }]);
      expect(skipped).toEqual({ 'no web address': 1 });
    }
  });

  test('of Bitwarden: what is archived is passed over', async () => {
    const csv = [
      'folder,favorite,type,name,notes,fields,reprompt,archivedDate,login_uri,login_username,login_password,login_totp',
      ',,login,Live,,,0,,https://a.example,kim,live,',
      ',,login,Old,,,0,2026-02-01T10:00:00.000Z,https://a.example,kim,archived,',
    ].join('\n');
    const { entries, skipped } = await outcomeOf(csv);
    expect([entries, skipped]).toEqual([['https://a.example live'], { archived: 1 }]);
  });
});

describe('what is in items of 1PUX', () => {
  const item = (more: { details?: object; [name: string]: unknown }) => ({
    categoryUuid: '001',
    state: 'active',
    overview: { title: 'T', url: 'https://a.example', urls: [{ url: 'https://a.example' }] },
    ...more,
    details: { loginFields: [], sections: [], ...more.details },
  });
  const pux = (...items: object[]) =>
    JSON.stringify({ accounts: [{ attrs: {}, vaults: [{ attrs: {}, items }] }] });
  const totp = (secret: string) => ({ title: 'one-time password', value: { totp: secret } });

  test('a password of its own is one, in a login and in a password', async () => {
    const { entries } = await outcomeOf(
      pux(
        item({ categoryUuid: '005', details: { password: 'of-its-own' } }),
        item({ details: { password: 'old' } }),
        item({
          details: { password: 'history', loginFields: [{ designation: 'password', value: 'designated' }] },
        }),
      ),
    );
    expect(entries).toEqual(
      ['of-its-own', 'old', 'designated'].map((password) => `https://a.example ${password}`),
    );
  });

  test('what is in the trash or archived is passed over, and so is an address never to fill in', async () => {
    const details = { password: 'p' };
    const never = { urls: [{ url: 'https://never.example', mode: 'never' }, { url: 'https://b.example' }] };
    const { entries, skipped } = await outcomeOf(
      pux(
        item({ state: 'trashed', details }),
        item({ trashed: true, details }),
        item({ state: 'archived', details }),
        item({ overview: never, details }),
      ),
    );
    expect([entries, skipped]).toEqual([['https://b.example p'], { deleted: 2, archived: 1 }]);
  });

  test('of several one-time passwords the first counts, and the row is named', async () => {
    const details = { password: 'p', sections: [{ fields: [totp(SECRET), totp('GEZDGNBVGY3TQOJQ')] }] };
    const { found } = await outcomeOf(
      pux(item({ details }), item({ details: { ...details, sections: [] } })),
    );
    expect(entriesOf(found)).toMatchObject([{ tfa_secret: SECRET }, {}]);
    expect(found.withFurtherTotp).toEqual([1]);
  });
});

test('a key URI in a field that is not read is told, in every format of items', async () => {
  const fields = [{ name: 'TOTP', value: `otpauth://totp/x?secret=${SECRET}` }];
  const { found } = await outcomeOf(
    bitwarden({ ...login('a', 'https://a.example'), fields }, login('b', 'https://b.example')),
  );
  expect(found.withFurtherTotp).toEqual([1]);
});

describe('JSON is what it is by its whole shape', () => {
  test.each([
    ['accounts without vaults', { accounts: [{ issuerName: 'Portal', secret: SECRET }] }, /authenticator/],
    ['no accounts', { accounts: [] }, /no logins as they have them/],
    [
      'items that are none of Bitwarden',
      { items: [{ title: 'A', password: 'pw' }] },
      /no logins as they have them/,
    ],
    ['items of several kinds', { items: [{ type: 1 }, { type: 'login' }] }, /no logins as they have them/],
    ['records without a title', { records: [{ login: 'kim' }] }, /no logins as they have them/],
    ['vaults without items', { vaults: { a: {} } }, /no logins as they have them/],
    [
      'logins of Firefox',
      { logins: [{ hostname: 'https://a', encryptedPassword: 'x' }] },
      /logins\.json of Firefox/,
    ],
  ])('%s', async (_, document, message) => {
    expect(await refusalOf(JSON.stringify(document))).toMatch(message);
  });
});

describe('what has no header', () => {
  test('is told, where nothing is known of it', async () => {
    expect(await refusalOf('Portal,kim,pw,https://a.example\nShop,kim,pw2,https://b.example')).toMatch(
      /The first line looks like values: in a file without a header, write one above it/,
    );
  });

  test('is not Keeper where a row has something else in place of an address', async () => {
    const row = '"","A","kim","pw","https://a.example","",""';
    expect(await refusalOf(`${row}\n"","B","kim","pw","not an address","",""`)).toMatch(/looks like values/);
  });

  test.each([';', '\t'])(
    'separators other than commas are told, also before quoted cells: %j',
    async (separator) => {
      for (const cells of [
        ['url', 'username', 'password'],
        ['"url"', '"user, name"', '"password"'],
      ]) {
        const csv = `${cells.join(separator)}\n${['https://a.example', '"kim"', 'p"w'].join(separator)}`;
        expect(await refusalOf(csv)).toMatch(/separated by semicolons or tabs: save it with commas/);
      }
    },
  );
});
