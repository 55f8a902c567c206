import { describe, expect, test } from 'vitest';
import { importEntries } from '../../../src/bulk/index.js';
import { sourceOf } from './exports.js';

const formatOf = async (header: string) => (await importEntries(sourceOf(`${header}\n`))).format;

describe('a header tells the format, in any order of its columns', () => {
  test.each([
    ['chrome', 'name,url,username,password,note'],
    ['chrome', 'name,url,username,password'],
    [
      'firefox',
      '"url","username","password","httpRealm","formActionOrigin","guid","timeCreated","timeLastUsed","timePasswordChanged"',
    ],
    ['firefox', 'url,username,password,httpRealm,formActionOrigin,guid'],
    ['apple', 'Title,URL,Username,Password,Notes,OTPAuth'],
    ['apple', 'Title,URL,Username,Password,Notes'],
    ['apple', 'Title,URL,Username,Password'],
    ['1password', 'Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes'],
    ['1password', 'Title,Url,Username,Password,OTPAuth,Favorite,Archived'],
    [
      'bitwarden',
      'folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp',
    ],
    [
      'bitwarden',
      'collections,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp',
    ],
    ['bitwarden', 'name,login_uri,login_username,login_password'],
    ['lastpass', 'url,username,password,totp,extra,name,grouping,fav'],
    ['lastpass', 'url,username,password,extra,name,grouping,fav'],
    [
      'keepassxc',
      '"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"',
    ],
    ['keepassxc', 'Group,Title,Username,Password,URL,Notes'],
    [
      'protonpass',
      'type,name,url,autofillUrls,email,username,password,note,totp,createTime,modifyTime,vault',
    ],
    ['protonpass', 'type,name,url,email,username,password,note,totp,createTime,modifyTime,vault'],
    ['protonpass', 'type,name,url,email,username,password,note,totp,createTime,modifyTime'],
    ['dashlane', 'username,username2,username3,title,password,note,url,category,otpSecret'],
    ['dashlane', 'username,username2,username3,title,password,note,url,category,otpUrl'],
  ])('%s: %s', async (format, header) => {
    expect(await formatOf(header)).toBe(format);
    expect(await formatOf(header.split(',').reverse().join(','))).toBe(format);
    // A column that the product has added since.
    expect(await formatOf(`${header},brandNew`)).toBe(format);
  });
});

describe('a header that several formats read differently is refused, with their names', () => {
  test.each([['Title,URL,Username,Password,Notes,OTPAuth,Archived,Icon', 'apple, keepassxc']])(
    '%s: %s',
    async (header, names) => {
      const listed = new RegExp(`^The header fits several formats: ${names}. Say which it is`);
      await expect(formatOf(header)).rejects.toThrow(listed);
    },
  );

  test('and is read once it is said', async () => {
    const row = 'Title,URL,Username,Password,Notes,OTPAuth,Archived,Icon\na,https://a.example,ada,p,,,,';
    for (const from of ['apple', 'keepassxc'] as const) {
      const found = await importEntries(sourceOf(row), { from });
      expect([found.format, found.entries]).toEqual([from, 1]);
    }
  });
});

describe('a header that several formats read alike is that of any', () => {
  test.each([
    'url,username,password',
    'Title,Url,Username,Password',
    'Title,Url,Username,Password,OTPAuth',
    'TITLE,URL,USERNAME,PASSWORD',
  ])('%s', async (header) => {
    const row = header.replace(/url/i, 'https://a.example').replace(/OTPAuth/, '');
    const found = await importEntries(sourceOf(`${header}\n${row}`));
    expect([found.rows, found.entries]).toEqual([1, 1]);
  });
});

describe('a file is what it is by its whole shape', () => {
  test.each([
    [
      'a type beside the columns of Chrome is not Proton Pass',
      'name,url,username,password,note,type',
      'chrome',
    ],
    ['nor with those of NordPass', 'name,url,username,password,note,cardnumber,type', 'nordpass'],
    ['nor with those of LastPass', 'url,username,password,extra,name,grouping,fav,type', 'lastpass'],
  ])('%s', async (_, header, format) => {
    expect(await formatOf(header)).toBe(format);
  });
});

describe('too little of a header tells nothing', () => {
  test.each(['Username,Password', 'a', 'name,url,username'])('%s', async (header) => {
    await expect(formatOf(header)).rejects.toThrow(/^The header is that of no export that is known/);
  });
});
