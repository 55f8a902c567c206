import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { knownFormatNames } from '../../src/bulk/import/recognise.js';
import { placeholders } from '../../src/bulk/import/user-id.js';
import { bytesOf, expectedOf, files } from '../bulk/import/exports.js';
import { runHere } from './in-process.js';
import { inFolder, run, shell } from './run.js';
import { plaintextOf, WITH_KEY } from './sealing.js';
import { atTerminal, hasTerminal } from './terminal.js';

const exports = Object.entries(files).flatMap(([format, names]) =>
  names.map((name) => [format, name] as const),
);
const CHROME = 'name,url,username,password,note\n';
const GOOD = `${CHROME}a,https://a.example,ada,"p,\n""q",note\nb,https://b.example,grace, r ,\n`;
const SECRET = 'FACADE2DECADE7BEADFADE42';

/** Sealed NDJSON as the entries that it was made of. */
function opened(ndjson: string): unknown[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const entry: Record<string, string> = JSON.parse(line);
      const sealed = ['user_name', 'password', 'tfa_secret'].filter((name) => name in entry);
      return {
        ...entry,
        ...Object.fromEntries(sealed.map((name) => [name, JSON.parse(plaintextOf(entry[name] ?? ''))])),
      };
    });
}

const valuesOf = (format: string) =>
  expectedOf(format).items.flatMap((item) => ('value' in item ? [item.value] : []));

describe('credseal import seals the entries of an export', () => {
  test.concurrent.each(exports)('%s, %s', async (format, name) => {
    const { code, stdout, stderr } = await runHere(['import', name], {
      env: WITH_KEY,
      files: { [name]: bytesOf(name) },
    });
    expect(opened(stdout)).toEqual(valuesOf(format));
    const { rows, items, skipped, superseded, failed } = expectedOf(format);
    const [lost, bad] = [Object.keys(superseded).length, Object.keys(failed).length];
    const passedOver = Object.values(skipped).reduce((sum, count) => sum + count, 0);
    expect(rows).toBe(items.length + passedOver + lost + bad);
    expect(stderr).toMatch(
      new RegExp(
        `^${format}: ${rows} rows read = ${items.length} sealed \\+ ${passedOver} skipped \\+ ${lost} superseded \\+ ${bad} failed\\.\n`,
      ),
    );
    for (const row of Object.keys(failed)) expect(stderr).toContain(`  failed: row ${row}: `);
    for (const row of Object.keys(superseded))
      expect(stderr).toContain(`  superseded: row ${row} names the same entry`);
    expect(code).toBe(1);
  });

  test.concurrent.each(exports)('%s, %s: and says nothing of what is in it', async (_, name) => {
    const { stderr } = await runHere(['import', '--dry-run', name], { files: { [name]: bytesOf(name) } });
    // The headers of columns are no values.
    const said = new Set(stderr.replace(/not imported: .*/, '').split(/[^\p{L}\p{N}@./:_-]+/u));
    const cells = new TextDecoder('latin1').decode(bytesOf(name)).match(/[\w@.:/-]{8,}/g) ?? [];
    const allowed =
      /^(duplicates?|password|http:\/\/|https:\/\/|Identity|Archived|otpauth|superseded|totp|reference|deleted|archived)/i;
    expect(cells.filter((text) => said.has(text) && !allowed.test(text))).toEqual([]);
  });

  test('and preflight finds nothing wrong with them, at the first attempt', async () => {
    const { code, stdout, stderr } = await shell('credseal import export.csv | credseal preflight', {
      env: WITH_KEY,
      files: { 'export.csv': GOOD },
    });
    expect(stdout).toMatch(/2 checked: 0 errors, \d warnings?\n$/);
    expect(stderr).toBe(
      'chrome: 2 rows read = 2 sealed + 0 skipped + 0 superseded + 0 failed.\n  not imported: the columns note\n',
    );
    expect(code).toBe(0);
  });

  test.each([
    ['from standard input', ['import'], 'credseal import < export.csv'],
    ['from "-"', ['import', '-'], 'credseal import - < export.csv'],
    ['from a pipe that has a name', ['import'], 'mkfifo pipe; cat export.csv > pipe & credseal import pipe'],
    ['on one thread', ['import'], 'credseal import --jobs 1 export.csv'],
    ['with its format named', ['import'], 'credseal import --from chrome export.csv'],
  ])('%s', async (_rule, _args, line) => {
    const { code, stdout } = await shell(line, { env: WITH_KEY, files: { 'export.csv': GOOD } });
    expect(opened(stdout)).toEqual([
      { permissioned_user_id: 'ada', domain: 'https://a.example', user_name: 'ada', password: 'p,\n"q' },
      { permissioned_user_id: 'grace', domain: 'https://b.example', user_name: 'grace', password: ' r ' },
    ]);
    expect(code).toBe(0);
  });

  test('on several threads, with the numbers of rows that failed, in order', async () => {
    const rows = Array.from({ length: 12_000 }, (_, index) => {
      const row = index + 1;
      if (row % 1000 === 0) return `s,https://s.example,,no user,${SECRET}`;
      if (row % 7 === 0) return `s,android://x,u${row},p,`;
      return `s,https://s.example/${'x'.repeat(60)},user-${row},p${row},note`;
    });
    const { code, stdout, stderr } = await run(['import', '--jobs', '3'], {
      env: WITH_KEY,
      stdin: `${CHROME}${rows.join('\n')}\n`,
    });
    const expected = rows.flatMap((_, index) =>
      (index + 1) % 1000 === 0 || (index + 1) % 7 === 0 ? [] : [`user-${index + 1}`],
    );
    const ids = opened(stdout).map(
      (entry) => (entry as { permissioned_user_id: string }).permissioned_user_id,
    );
    expect(ids).toEqual(expected);
    expect(stderr.match(/failed: row \d+/g)).toEqual(
      Array.from({ length: 12 }, (_, index) => `failed: row ${(index + 1) * 1000}`),
    );
    expect(code).toBe(1);
  });

  test('and a value that is sealed already fails its row', async () => {
    const sealed = await runHere(['seal'], { env: WITH_KEY, stdin: SECRET });
    const { code, stdout, stderr } = await runHere(['import'], {
      env: WITH_KEY,
      stdin: `${CHROME}a,https://a.example,ada,p,\n,,,,\nc,https://c.example,ada,${sealed.stdout.trim()},\n`,
    });
    expect(opened(stdout)).toHaveLength(1);
    expect(stderr).toContain('  failed: row 3: password is sealed already');
    expect(code).toBe(1);
  });
});

describe('without a key', () => {
  test('it refuses, reads nothing, and says what else there is', async () => {
    const { code, stdout, stderr } = await runHere(['import', 'not-there.csv']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^credseal: No key: .* To write entries in plain text: --plaintext\.\n$/);
  });

  test.concurrent.each(exports)(
    '--plaintext writes the entries as they are: %s, %s',
    async (format, name) => {
      const { stdout, stderr } = await runHere(['import', '--plaintext', name], {
        files: { [name]: bytesOf(name) },
      });
      expect(
        stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      ).toEqual(valuesOf(format));
      expect(stderr).toMatch(/ written in plain text \+ /);
    },
  );

  test('what --plaintext writes is what payload seals', async () => {
    const { code, stdout } = await shell('credseal import --plaintext | credseal payload', {
      env: WITH_KEY,
      stdin: GOOD,
    });
    expect(opened(stdout)).toHaveLength(2);
    expect(code).toBe(0);
  });

  test('--dry-run tells what would become of it, and writes nothing', async () => {
    await inFolder({ 'export.csv': GOOD }, async (folder) => {
      const line = `cd ${folder} && credseal import --dry-run -o out.ndjson export.csv`;
      const { code, stdout, stderr } = await shell(line);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toBe(
        'chrome: 2 rows read = 2 would be sealed + 0 skipped + 0 superseded + 0 failed.\n  not imported: the columns note\n',
      );
      expect(await readdir(folder)).toEqual(['export.csv']);
    });
  });
});

describe('-o writes a file that is whole or not there', () => {
  test('into a file that nobody else can read', async () => {
    await inFolder({ 'export.csv': GOOD }, async (folder) => {
      const { code, stdout } = await shell(`cd ${folder} && credseal import export.csv -o out.ndjson`, {
        env: WITH_KEY,
      });
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect((await stat(join(folder, 'out.ndjson'))).mode & 0o777).toBe(0o600);
      expect(opened(await readFile(join(folder, 'out.ndjson'), 'utf8'))).toHaveLength(2);
    });
  });

  test.each([
    ['cut off', `${GOOD}c,https://c.example,"${SECRET}`],
    ['of no known format', `a,b\n${SECRET},x\n`],
    ['not UTF-8', Buffer.concat([Buffer.from(GOOD), Buffer.from([0xff])])],
  ])('and an export that is %s leaves the old one, and no other', async (_, content) => {
    await inFolder({ 'export.csv': content, 'out.ndjson': 'old' }, async (folder) => {
      const { code, stdout, stderr } = await shell(
        `cd ${folder} && credseal import export.csv -o out.ndjson`,
        { env: WITH_KEY },
      );
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toMatch(/^credseal: .+\n$/);
      expect(stderr).not.toContain(SECRET.slice(0, 8));
      expect((await readdir(folder)).sort()).toEqual(['export.csv', 'out.ndjson']);
      expect(await readFile(join(folder, 'out.ndjson'), 'utf8')).toBe('old');
    });
  });
});

describe('an export that gives no entry', () => {
  test.each([
    ['no rows', CHROME],
    ['rows that are passed over', `${CHROME}a,android://x@y,ada,p,\n`],
    ['rows that fail', `${CHROME}a,https://a.example,,p,\n`],
  ])('of %s: it is said that no file is written, and an old one stays', async (_, content) => {
    await inFolder({ 'export.csv': content, 'old.ndjson': 'old' }, async (folder) => {
      const into = (name: string) =>
        shell(`cd ${folder} && credseal import export.csv -o ${name}`, { env: WITH_KEY });
      for (const name of ['new.ndjson', 'old.ndjson']) {
        const { code, stderr } = await into(name);
        expect(stderr).toMatch(/\n {2}nothing is written: no row became an entry(: the file has none)?\n$/);
        expect(code).toBe(1);
      }
      expect((await readdir(folder)).sort()).toEqual(['export.csv', 'old.ndjson']);
      expect(await readFile(join(folder, 'old.ndjson'), 'utf8')).toBe('old');
    });
  });

  test('and no file to write says nothing of one', async () => {
    for (const args of [[], ['--dry-run', '-o', 'x']]) {
      const { stderr } = await runHere(['import', ...args], { env: WITH_KEY, stdin: CHROME });
      expect(stderr).not.toContain('nothing is written');
    }
  });
});

describe('what is typed wrongly is a matter of usage, and is not repeated', () => {
  test.concurrent.each<[rule: string, args: string[], message: RegExp]>([
    ['an unknown format', ['--from', SECRET], /^credseal: The formats are auto, csv, pass, 1password/],
    [
      'an unknown placeholder',
      ['--user-id', `{${SECRET}}`],
      /placeholder that is not known\. There are \{username\}/,
    ],
    ['an empty template', ['--user-id', ''], /is a text that is not empty/],
    ['a map without a field', ['--map', SECRET], /^credseal: --map 1 is not of the form COLUMN=FIELD/],
    ['a map of no column', ['--map', `=domain`], /^credseal: --map 1 is not of the form/],
    [
      'a column twice',
      ['--map', `${SECRET}=domain`, '--map', `${SECRET}=password`],
      /^credseal: --map 2 names the same column as another/,
    ],
    [
      'a misspelt field',
      ['--map', `${SECRET}=domain`, '--map', 'x=pasword'],
      /--map 2 .* Did you mean password\?/,
    ],
    [
      'no domain',
      ['--map', `${SECRET}=password`],
      /No column is mapped to domain, .* with --map COLUMN=FIELD\.$/m,
    ],
    [
      '--user-id beside a column of what it makes',
      ['--user-id', '{row}', '--map', 'a=domain', '--map', `${SECRET}=permissioned_user_id`],
      /^credseal: --user-id and --map COLUMN=permissioned_user_id exclude each other/,
    ],
    ['a map of a known format', ['--from', 'chrome', '--map', 'a=domain'], /the columns of chrome are known/],
    [
      'csv without a map',
      ['--from', 'csv'],
      /needs a map of its columns: name them with --map COLUMN=FIELD\.$/m,
    ],
    ['--plaintext with --pad-to', ['--plaintext', '--pad-to', '32'], /exclude each other/],
    ['--jobs of nothing', ['--jobs', SECRET], /--jobs takes a whole number/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await runHere(['import', ...args], { env: WITH_KEY, stdin: GOOD });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(SECRET.slice(0, 8));
  });
});

describe('what there is to do is told in options of the command, never in those of the library', () => {
  test.concurrent.each<[rule: string, args: string[], stdin: string, message: RegExp]>([
    ['a header of nobody', [], 'a,b\n1,2\n', /by --from FORMAT, or, .* with --map COLUMN=FIELD\./],
    [
      'a header of several',
      [],
      'Title,URL,Username,Password,Notes,OTPAuth,Archived,Icon\na,b,c,d,e,f,g,h\n',
      /by --from FORMAT; or, .* with --map COLUMN=FIELD\./,
    ],
    ['JSON as CSV', ['--from', 'chrome'], '{"items":[]}', /leave out --from so that/],
    [
      'a column that is missing',
      ['--from', 'chrome'],
      'name,url\na,b\n',
      /columns with --map COLUMN=FIELD\./,
    ],
    [
      'a column that is not there',
      ['--map', 'x=domain'],
      'a,b\n1,2\n',
      /^credseal: --map 1, for domain, is not/,
    ],
    [
      'a row without a name',
      [],
      'name,url,username,password\na,https://a.example,,p\n',
      /template for --user-id\./,
    ],
  ])('%s', async (_, args, stdin, message) => {
    const { stderr } = await runHere(['import', ...args], { env: WITH_KEY, stdin });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/options|userId/);
  });
});

test('permissioned_user_id may come from a column, without --user-id', async () => {
  const args = [
    'import',
    '--plaintext',
    '--map',
    'a=domain',
    '--map',
    'b=permissioned_user_id',
    '--map',
    'c=password',
  ];
  const { code, stdout } = await runHere(args, { stdin: 'a,b,c\nhttps://a.example,user-7,p\n' });
  expect([code, JSON.parse(stdout).permissioned_user_id]).toEqual([0, 'user-7']);
});

describe('what cannot be read is told by its role, not by its name', () => {
  test.each([
    ['a file that is not there', SECRET, /^credseal: The FILE argument cannot be read: no such file\.\n$/],
    ['a folder', 'folder', /^credseal: The FILE argument cannot be read: it is a directory\.\n$/],
  ])('%s', async (_, name, message) => {
    const { code, stdout, stderr } = await runHere(['import', name], {
      env: WITH_KEY,
      files: { folder: null },
    });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('--map, --user-id and --skip-bad-totp do what they say', async () => {
  const { code, stdout, stderr } = await runHere(
    [
      'import',
      '--plaintext',
      '--skip-bad-totp',
      '--user-id',
      '{host}/{row}',
      '--map',
      'a=b=domain',
      '--map',
      'Secret=password',
      '--map',
      'Code=tfa_secret',
    ],
    { stdin: 'Code,Secret,a=b\n123456,p,https://a.example/x\n' },
  );
  expect(JSON.parse(stdout)).toEqual({
    permissioned_user_id: 'a.example/1',
    domain: 'https://a.example',
    password: 'p',
  });
  expect(stderr).toMatch(
    /^csv: 1 row read = 1 written in plain text \+ .*\n {2}1 entry without the TOTP secret of the row, which the vault cannot use\n$/,
  );
  expect(code).toBe(0);
});

test('the summary counts entries without a password, and rows that name several sites', async () => {
  const items = [
    {
      type: 1,
      login: { uris: [{ uri: 'https://a.example' }, { uri: 'https://b.example' }], username: 'ada' },
    },
    { type: 1, login: { uris: [{ uri: 'https://c.example' }], username: 'ada', password: 'p' } },
    { type: 2 },
  ];
  const { code, stderr } = await runHere(['import', '--dry-run'], {
    stdin: JSON.stringify({ encrypted: false, items }),
  });
  expect(code).toBe(0);
  expect(stderr).toBe(
    'bitwarden-json: 3 rows read = 2 would be sealed + 1 skipped + 0 superseded + 0 failed.\n  skipped: 1 secure note\n  1 entry without a password, as the row has none\n  1 row names several sites: its entry is for the first\n',
  );
});

test('of a duplicate it says what decided: the date of change, or the place', async () => {
  const head = 'Group,Title,Username,Password,URL,Last Modified\n';
  const row = (site: string, changed: string) => `Root,t,ada,p,https://${site}.example,${changed}\n`;
  const stdin = [
    row('a', '2024-01-01T00:00:00Z'),
    row('a', '2024-01-02T00:00:00Z'),
    row('b', '2024-01-02T00:00:00Z'),
    row('b', '2024-01-01T00:00:00Z'),
    row('c', '2024-01-01T00:00:00Z'),
    row('c', '2024-01-01T00:00:00Z'),
  ].join('');
  const { stderr } = await runHere(['import', '--dry-run'], { stdin: head + stdin });
  const duplicate = (row: number, kept: number, why: string) =>
    `  superseded: row ${row} names the same entry as row ${kept}, which ${why} and is kept\n`;
  expect(stderr).toContain(
    duplicate(1, 2, 'was changed later') +
      duplicate(4, 3, 'was changed later') +
      duplicate(5, 6, 'comes later'),
  );
});

describe('rows whose address is a bare host name', () => {
  const bare = (count: number) =>
    Array.from({ length: count }, (_, row) => `a,host-${row}.example,ada,${SECRET},\n`).join('');

  test('are passed over, and named by number, with what to do', async () => {
    const stdin = `${CHROME}a,android://x@y,ada,p,\na,b.example.com,ada,p,\na,https://a.example,ada,p,\na,münchen.de/login,ada,p,\na,,ada,p,\n`;
    const { code, stderr } = await runHere(['import', '--dry-run'], { stdin });
    expect(stderr).toBe(
      [
        'chrome: 5 rows read = 1 would be sealed + 4 skipped + 0 superseded + 0 failed.',
        '  skipped: 3 whose address does not begin with http:// or https:// (apps, servers, bare host names, patterns)',
        '    with bare host names, patterns or misspelt addresses: rows 2, 4. Add https:// or http:// to them, and import again; --assume-https completes bare host names.',
        '  skipped: 1 without a web address',
        '    with a password or a TOTP secret: row 5. Give them an address, and import again.',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  test('of which the first are named and the others counted', async () => {
    const one = await runHere(['import', '--dry-run'], { stdin: CHROME + bare(1) });
    expect(one.stderr).toContain(' addresses: row 1. Add https');
    const many = await runHere(['import', '--dry-run'], { stdin: CHROME + bare(30) });
    expect(many.stderr).toContain(' 18, 19, 20 and 10 more. Add https');
  });

  test('fail with --map, where the column is said to be the domain', async () => {
    const stdin = `site,user\nhttps://a.example,ada\nb.example.com,ada\n`;
    const map = ['--map', 'site=domain', '--map', 'user=user_name'];
    const { code, stdout, stderr } = await runHere(['import', ...map], { env: WITH_KEY, stdin });
    expect(opened(stdout)).toHaveLength(1);
    expect(stderr).toMatch(
      /^csv: 2 rows read = 1 sealed \+ 0 skipped \+ 0 superseded \+ 1 failed\.\n {2}failed: row 2: domain must begin with https:\/\/ or http:\/\//,
    );
    expect(code).toBe(1);
  });
});

test.each([
  [
    'with --from',
    ['--from', 'chrome'],
    /no column url .*separated by semicolons or tabs: save it with commas/,
  ],
  [
    'with --map',
    ['--map', 'url=domain'],
    /--map 1, for domain, is not in the header\. .*save it with commas/,
  ],
  ['without', [], /of no export that is known .*save it with commas/],
])('a file with semicolons is refused with the way out: %s', async (_, args, message) => {
  for (const [stdin, said] of [
    [`${CHROME}a,b,c,d,e\n`.replaceAll(',', ';'), message],
    ['"name";"url";"username";"password"\n', message],
  ] as const) {
    const { code, stderr } = await runHere(['import', '--dry-run', ...args], { stdin });
    expect(code).toBe(4);
    expect(stderr).toMatch(said);
  }
});

describe('an import of which no entry came says why, and ends with 1', () => {
  test.each([
    ['a file without rows', CHROME, 'no row became an entry: the file has none\n'],
    ['rows all passed over', `${CHROME}a,android://x@y,ada,p,\n`, '  skipped: 1 whose address'],
    ['rows all superseded or failed', `${CHROME}a,https://a.example,,p,\n`, '  failed: row 1: '],
  ])('%s', async (_, stdin, said) => {
    for (const args of [['--dry-run'], ['--plaintext'], ['-o', 'out.ndjson']]) {
      const { code, stdout, stderr } = await runHere(['import', ...args], { env: WITH_KEY, stdin });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(said);
      expect(stderr).toContain('no row became an entry');
    }
  });
});

test('flags complete bare hosts, decode entities, and leave a column behind; what stays behind is listed', async () => {
  const stdin =
    'name,url,username,password,note,otp\na,nas.example.com,ada,a&amp;b,n,x\nb,https://b.example,ada,p,,\n';
  const refused = await runHere(['import', '--plaintext'], { stdin });
  expect([refused.code, refused.stdout]).toEqual([4, '']);
  expect(refused.stderr).toMatch(/^credseal: Column 6 \(otp\) looks like a second factor/);
  const flags = ['--ignore-column', 'otp', '--assume-https', '--decode-entities'];
  const { code, stdout, stderr } = await runHere(['import', '--plaintext', ...flags], { stdin });
  expect(code).toBe(0);
  expect(
    stdout
      .split('\n')
      .slice(0, 2)
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { domain: 'https://nas.example.com', password: 'a&b' },
    { domain: 'https://b.example', password: 'p' },
  ]);
  expect(stderr).toBe(
    'chrome: 2 rows read = 2 written in plain text + 0 skipped + 0 superseded + 0 failed.\n  not imported: the columns note, otp\n',
  );
});

test('rows with HTML entities or several TOTP secrets are named', async () => {
  const csv = 'url,username,password,totp,extra,name,grouping,fav\nhttps://a.example,ada,a&amp;b,,,A,,0\n';
  const { stderr } = await runHere(['import', '--dry-run'], { stdin: csv });
  expect(stderr).toContain('  HTML entities such as &amp;, sealed without decoding: row 1. ');
  const totp = (secret: string) => ({ id: secret, type: 'OTP', value: secret });
  const fields = [
    { id: 'username', purpose: 'USERNAME', value: 'ada' },
    totp('JBSWY3DPEHPK3PXP'),
    totp('GEZDGNBVGY3TQOJQ'),
  ];
  const item = {
    id: 'a',
    title: 'A',
    category: 'LOGIN',
    vault: {},
    urls: [{ href: 'https://a.example' }],
    fields,
  };
  const several = await runHere(['import', '--dry-run'], { stdin: JSON.stringify(item) });
  expect(several.stderr).toContain('beside the first or in another field: row 1. The first one is used.');
});

test('of many rows that fail, the first are told and the others counted', async () => {
  const rows = Array.from({ length: 30 }, () => `a,https://a.example,,${SECRET},`);
  const { code, stderr } = await runHere(['import', '--dry-run'], { stdin: `${CHROME}${rows.join('\n')}` });
  expect(stderr.match(/failed: row \d+/g)).toHaveLength(20);
  expect(stderr).toMatch(/\n {2}… and 10 more\n/);
  expect(code).toBe(1);
});

test('the help carries the whole way: formats, placeholders, examples', async () => {
  const { stdout } = await runHere(['import', '--help']);
  for (const name of knownFormatNames) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  for (const name of Object.keys(placeholders)) expect(stdout).toContain(`{${name}}`);
  for (const option of [
    '--map',
    '--ignore-column',
    '--assume-https',
    '--decode-entities',
    '--skip-bad-totp',
    '--dry-run',
    '--plaintext',
    '-o, --output',
  ])
    expect(stdout).toContain(option);
  expect(stdout).toContain('credseal import export.csv | credseal preflight');
});

describe.skipIf(!hasTerminal)('at a terminal', () => {
  const rows = Array.from({ length: 40_000 }, (_, row) => `a,https://a.example,user-${row},p,`);
  const big = { 'export.csv': `${CHROME}${rows.join('\n')}` };

  test('it shows how far it is', async () => {
    const { code, screen, stdout } = await atTerminal(['import', 'export.csv'], [], {
      env: WITH_KEY,
      files: big,
    });
    expect(screen).toMatch(/\[=*>? *\] \d+ % {2}[\d,]+ entries/);
    expect(stdout.split('\n')).toHaveLength(rows.length + 1);
    expect(code).toBe(0);
  });

  test('it asks for a key where the output is a file or the terminal, and never into a pipe', async () => {
    const given = { files: { 'export.csv': GOOD } };
    const answer = [{ question: 'Vault key', typed: `${WITH_KEY.CLOUDCRUISE_ENCRYPTION_KEY}\r` }];
    const asked = await atTerminal(['import', 'export.csv', '-o', 'out.ndjson'], answer, given);
    expect(asked.screen).toContain('2 sealed');
    const piped = await atTerminal(['import', 'export.csv', '|', 'cat'], [], given);
    expect(piped.screen).toMatch(/No key: .*--plaintext/s);
    expect(piped.screen).not.toContain('Vault key');
    expect(piped.stdout).toBe('');
  });
});
