import { describe, expect, test } from 'vitest';
import { type ImportOptions, importEntries } from '../../../src/bulk/index.js';
import { CredsealError, sealEntry, type VaultEntry, VaultKey } from '../../../src/index.js';
import { entriesOf, imported, sourceOf } from './exports.js';

const CSV = [
  'name,url,username,password,note',
  'Portal of {row},https://portal.example:8443/login,ada,p,',
  'Other,https://other.example/,grace,q,',
].join('\n');

const idsWith = async (userId: string, csv = CSV) =>
  (await imported(csv, { userId })).items.map((item) =>
    'value' in item ? item.value.permissioned_user_id : item.error.message,
  );

describe('permissioned_user_id is made by the template', () => {
  test.each([
    ['{username}', ['ada', 'grace']],
    ['{host}', ['portal.example:8443', 'other.example']],
    ['{title}', ['Portal of {row}', 'Other']],
    ['{row}', ['1', '2']],
    ['row-{row}', ['row-1', 'row-2']],
    ['{host}/{username}', ['portal.example:8443/ada', 'other.example/grace']],
    ['{username}{username}', ['adaada', 'gracegrace']],
    ['$& $1 \\ {row}', ['$& $1 \\ 1', '$& $1 \\ 2']],
    ['everybody', ['everybody', 'everybody']],
  ])('%s', async (template, ids) => {
    expect(await idsWith(template)).toEqual(ids);
  });

  test('which is {username} where none is given', async () => {
    expect(entriesOf(await imported(CSV)).map(({ permissioned_user_id }) => permissioned_user_id)).toEqual([
      'ada',
      'grace',
    ]);
  });

  test('a row whose part of it is empty fails', async () => {
    const csv = 'name,url,username,password\n,https://a.example,,p';
    expect(await idsWith('{username}', csv)).toEqual([expect.stringMatching(/^The record has no user name/)]);
    expect(await idsWith('{host}-{title}', csv)).toEqual([expect.stringMatching(/^The record has no title/)]);
    expect(await idsWith('{host}-{row}', csv)).toEqual(['a.example-1']);
  });

  test.each([
    '{user}',
    '{Username}',
    '{ username }',
    '{}',
    '{username',
    'username}',
    '{{username}}',
    '{username}}',
    '{constructor}',
    '',
  ])('%j is refused', async (userId) => {
    await expect(importEntries(sourceOf(CSV), { userId })).rejects.toThrow(
      /^The template for permissioned_user_id/,
    );
  });

  test('and the refusal names the placeholders there are', async () => {
    await expect(importEntries(sourceOf(CSV), { userId: '{x}' })).rejects.toThrow(
      'There are {username}, {host}, {title}, {row}.',
    );
  });
});

describe('a CSV file of one’s own, with a map of its columns', () => {
  const OWN = [
    'Konto,Seite,Kennwort,Code,Sitzungen,Keks,Dauer,Alias,Bemerkung,Proxy,Kopf',
    'ada,https://a.example/login?x, p ,jbsw y3dp ehpk 3pxp,true,false,01:30:00,A,note,"{""enable"":true,""target_ip"":""203.0.113.7""}","[{""name"":""x"",""value"":""y""}]"',
    'grace,https://b.example,q,,,,,007,,,',
  ].join('\n');
  const map = {
    Konto: 'user_name',
    Seite: 'domain',
    Kennwort: 'password',
    Code: 'tfa_secret',
    Sitzungen: 'allow_multiple_sessions',
    Keks: 'persist_cookies',
    Dauer: 'expiry_time_from_last_use',
    Alias: 'user_alias',
    Proxy: 'proxy',
    Kopf: 'headers',
  } as const;

  test('becomes entries of those fields, each of its type, and of no others', async () => {
    const found = await imported(OWN, { map });
    expect(found.format).toBe('csv');
    expect(entriesOf(found)).toEqual([
      {
        permissioned_user_id: 'ada',
        domain: 'https://a.example',
        user_name: 'ada',
        password: ' p ',
        tfa_secret: 'JBSWY3DPEHPK3PXP',
        tfa_method: 'AUTHENTICATOR',
        allow_multiple_sessions: true,
        persist_cookies: false,
        expiry_time_from_last_use: '01:30:00',
        user_alias: 'A',
        proxy: { enable: true, target_ip: '203.0.113.7' },
        headers: [{ name: 'x', value: 'y' }],
      },
      // 007 is text where the field takes text; what is empty is left out.
      {
        permissioned_user_id: 'grace',
        domain: 'https://b.example',
        user_name: 'grace',
        password: 'q',
        user_alias: '007',
      },
    ]);
    for (const entry of entriesOf(found)) {
      expect(() => sealEntry(entry as VaultEntry, VaultKey.generate())).not.toThrow();
    }
  });

  test('keeps JSON with a member twice as text, which no field takes: readers do not agree which one counts', async () => {
    const csv = 'site,pw,proxy\nhttps://a.example,p,"{""enable"":true,""enable"":false}"';
    const map = { site: 'domain', pw: 'password', proxy: 'proxy' } as const;
    const [entry] = entriesOf(await imported(csv, { userId: '{row}', map }));
    expect(() => sealEntry(entry as VaultEntry, VaultKey.generate())).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ path: 'proxy', rule: 'setting/type' })] }),
    );
  });

  test('may have a column for permissioned_user_id, which goes before the template', async () => {
    const found = await imported('id,site,pw\nu-1,https://a.example,p\n,https://b.example,q', {
      from: 'csv',
      map: { id: 'permissioned_user_id', site: 'domain', pw: 'password' },
      userId: 'row-{row}',
    });
    expect(entriesOf(found).map(({ permissioned_user_id }) => permissioned_user_id)).toEqual([
      'u-1',
      'row-2',
    ]);
  });

  test.each([
    ['a bare host name', 'b.example.com'],
    ['a bare host name with a path', 'münchen.de/login'],
    ['a bare host name with a port', 'b.example.com:8443'],
    ['a scheme that is cut off', '//b.example.com'],
    ['a misspelt scheme', 'https:/b.example.com'],
    ['no host', 'https://'],
  ])('fails where the domain is %s: the column is said to be one', async (_, address) => {
    const csv = `site,user\nhttps://a.example,ada\n${address},ada\nandroid://x@y,ada\n,ada\n`;
    const found = await imported(csv, { map: { site: 'domain', user: 'user_name' } });
    expect(found.skipped).toEqual({ 'not a web address': 1, 'no web address': 1 });
    expect(found.failed).toBe(1);
    const [, failure] = found.items;
    expect(failure).toMatchObject({
      line: 2,
      error: { code: 'ERR_ENTRY_INVALID', issues: [{ path: 'domain', rule: 'setting/domain' }] },
    });
    const message = failure !== undefined && 'error' in failure ? failure.error.message : '';
    expect(message).toMatch(/^domain must begin with https:\/\/ or http:\/\/, .* a host\b/);
    expect(message).not.toContain('example');
  });

  test('keeps a tfa_method of its own', async () => {
    const found = await imported('site,user,how\nhttps://a.example,ada,EMAIL', {
      map: { site: 'domain', user: 'user_name', how: 'tfa_method' },
    });
    expect(entriesOf(found)).toEqual([
      { permissioned_user_id: 'ada', domain: 'https://a.example', user_name: 'ada', tfa_method: 'EMAIL' },
    ]);
  });

  test.each<[rule: string, map: unknown, message: RegExp]>([
    [
      'a misspelt field',
      { a: 'domain', b: 'passwrod' },
      /^The field of column 2 in options\.map is none that may be written\. Did you mean password\?/,
    ],
    ['another name for a field', { a: 'domain', b: 'login' }, /Did you mean user_name\?/],
    ['a field that the vault sets', { a: 'domain', b: 'created_at' }, /none that may be written/],
    ['a field of updates', { a: 'domain', b: 'id' }, /none that may be written/],
    [
      'something else',
      { a: 'domain', b: 'FACADE2DECADE7BEADFADE42' },
      /The fields are permissioned_user_id, domain, user_name/,
    ],
    [
      'a field twice',
      { a: 'domain', b: 'password', c: 'password' },
      /^The field of column 3 in options\.map, password, has a column already/,
    ],
    ['no domain', { a: 'password' }, /^No column is mapped to domain/],
    ['nothing', {}, /^No column is mapped to domain/],
    ['a field that is none', { a: 7 }, /^The field of column 1 in options\.map is a string; got number/],
    ['no object', ['domain'], /^map is an object of columns and fields; got array/],
  ])('is refused for %s', async (_, wrong, message) => {
    const error = await importEntries(sourceOf(OWN), { map: wrong } as ImportOptions).catch(
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(CredsealError);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('FACADE2D');
  });
});

describe('options that are none are refused', () => {
  test.each<[rule: string, options: unknown, message: RegExp]>([
    [
      'another option',
      { form: 'chrome' },
      /^options must be an object of from, userId, map, ignoreColumns, totp, totpMap, skipBadTotp, assumeHttps, decodeEntities \(did you mean from\?\)/,
    ],
    [
      'an unknown format',
      { from: 'chromium' },
      /^The formats are auto, csv, pass, 1password, 1password7, 1pux/,
    ],
    ['a format of another type', { from: 7 }, /^The formats are/],
    ['csv without a map', { from: 'csv' }, /needs a map of its columns/],
    ['a map of a known format', { from: 'chrome', map: { a: 'domain' } }, /the columns of chrome are known/],
    ['a template of another type', { userId: 7 }, /got number/],
    ['skipBadTotp of another type', { skipBadTotp: 'yes' }, /true or false/],
    ['null', null, /^options must be an object of .*; got null/],
  ])('%s', async (_, options, message) => {
    await expect(importEntries(sourceOf(CSV), options as ImportOptions)).rejects.toThrow(message);
  });

  test.each<[rule: string, source: unknown, message: RegExp]>([
    ['undefined', undefined, /^importEntries reads from something with stream\(\), .*; got undefined/],
    ['a text', CSV, /got string/],
    ['a stream, which can be read once', sourceOf(CSV).stream(), /reads from something with stream\(\)/],
    ['a stream() of nothing', { stream: () => undefined }, /gives a ReadableStream of bytes/],
    [
      'a stream of text',
      { stream: () => sourceOf(CSV).stream().pipeThrough(new TextDecoderStream()) },
      /gives bytes; got string/,
    ],
  ])('a source that is %s', async (_, source, message) => {
    const error = await importEntries(source as Blob).catch((reason) => reason);
    expect(error).toBeInstanceOf(CredsealError);
    expect(error.message).toMatch(message);
  });
});
