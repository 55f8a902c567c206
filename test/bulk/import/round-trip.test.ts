import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportFormat } from '../../../src/bulk/index.js';
import { rounds } from '../../rounds.js';
import { entriesOf, imported, inChunks } from './exports.js';

/** The header of each CSV format as its product writes it, and which columns hold what is looked for. */
const formats: readonly [
  format: ImportFormat,
  header: string,
  url: string,
  user: string,
  password: string,
  more?: Record<string, string>,
][] = [
  ['chrome', 'name,url,username,password,note', 'url', 'username', 'password'],
  [
    'firefox',
    'url,username,password,httpRealm,formActionOrigin,guid,timeCreated,timeLastUsed,timePasswordChanged',
    'url',
    'username',
    'password',
  ],
  ['apple', 'Title,URL,Username,Password,Notes,OTPAuth', 'URL', 'Username', 'Password', { OTPAuth: '' }],
  [
    '1password',
    'Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes',
    'Url',
    'Username',
    'Password',
    { OTPAuth: '', Archived: 'false' },
  ],
  [
    'bitwarden',
    'folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp',
    'login_uri',
    'login_username',
    'login_password',
    { type: 'login', login_totp: '' },
  ],
  [
    'lastpass',
    'url,username,password,totp,extra,name,grouping,fav',
    'url',
    'username',
    'password',
    { totp: '' },
  ],
  [
    'keepassxc',
    'Group,Title,Username,Password,URL,Notes,TOTP,Icon,Last Modified,Created',
    'URL',
    'Username',
    'Password',
    { TOTP: '' },
  ],
  [
    'protonpass',
    'type,name,url,autofillUrls,email,username,password,note,totp,createTime,modifyTime,vault',
    'url',
    'username',
    'password',
    { type: 'login', totp: '' },
  ],
  [
    'dashlane',
    'username,username2,username3,title,password,note,url,category,otpSecret',
    'url',
    'username',
    'password',
    { otpSecret: '' },
  ],
];

/** RFC 4180: what has to stand in quotation marks does, and the others may. */
const cell = (text: string, isAlwaysQuoted: boolean) =>
  isAlwaysQuoted || /[",\r\n\uFEFF]/.test(text) || text.trim() !== text
    ? `"${text.replaceAll('"', '""')}"`
    : text;

// Anything that UTF-8 holds but NUL, which is refused as binary; and often what CSV treats apart.
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom(
        '"',
        ',',
        '\r',
        '\n',
        '\r\n',
        ' ',
        '\t',
        ';',
        '🔑',
        '👩‍👩‍👧',
        '\uFEFF',
        'ü',
        "'",
        '\\',
        'a',
      ),
      maxLength: 12,
    }),
  )
  .filter((value) => !value.includes('\0'));
const filled = text.filter((value) => value !== '');

describe('whatever user names, passwords and other cells are, they come as they are', () => {
  test.each(formats)('%s', async (format, header, url, user, password, more = {}) => {
    const columns = header.split(',');
    const row = fc.record({
      user: filled,
      password: text,
      others: fc.array(text, { minLength: columns.length, maxLength: columns.length }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (rows, lineEnd, isAlwaysQuoted, size) => {
          const lines = rows.map((one, index) =>
            columns
              .map((column, place) => {
                const known = {
                  [url]: `https://site-${index}.example/`,
                  [user]: one.user,
                  [password]: one.password,
                  ...more,
                };
                return cell(known[column] ?? one.others[place] ?? '', isAlwaysQuoted);
              })
              .join(','),
          );
          const csv = [header, ...lines, ''].join(lineEnd);
          const found = await imported(inChunks(new TextEncoder().encode(csv), size), { from: format });
          expect(entriesOf(found)).toEqual(
            rows.map((one, index) => ({
              permissioned_user_id: one.user,
              domain: `https://site-${index}.example`,
              user_name: one.user,
              ...(one.password !== '' && { password: one.password }),
            })),
          );
        },
      ),
      { numRuns: rounds(30, 150) },
    );
  });

  test('in JSON too, where there is nothing that text cannot be', async () => {
    const row = fc.record({
      user: fc.string({ unit: 'binary', minLength: 1 }),
      password: fc.string({ unit: 'binary', minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const items = rows.map((one, index) => ({
          type: 1,
          notes: one.password,
          login: {
            uris: [{ uri: `https://site-${index}.example` }],
            username: one.user,
            password: one.password,
          },
        }));
        const found = await imported(JSON.stringify({ encrypted: false, items }));
        expect(entriesOf(found)).toEqual(
          rows.map((one, index) => ({
            permissioned_user_id: one.user,
            domain: `https://site-${index}.example`,
            user_name: one.user,
            password: one.password,
          })),
        );
      }),
      { numRuns: rounds(25, 100) },
    );
  });
});

test('whatever bytes a file is of, it is read or refused, and nothing else is thrown', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .string({
        unit: fc.constantFrom(
          '"',
          ',',
          '\n',
          '\r',
          'a',
          'url',
          'username',
          'password',
          'name',
          '{',
          '}',
          '[',
          ']',
          ':',
          'PK\u0003\u0004',
          '"items"',
          '"accounts"',
          'true',
          '1',
        ),
        maxLength: 40,
      })
      .map((content) => new TextEncoder().encode(content)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      const ending = await imported(new Uint8Array(content)).catch((error: unknown) => error);
      if (ending instanceof Error) expect(ending).toMatchObject({ code: 'ERR_ENTRY_INVALID' });
    }),
    { numRuns: rounds(150, 1000) },
  );
});
