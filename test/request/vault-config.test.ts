import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type VaultConfig, vaultRequests } from '../../src/request/vault-requests.js';
import { KEY } from '../entry/sealing.js';
import { expectHidden, refusal } from '../refusal.js';
import { rounds } from '../rounds.js';
import { API_KEY, allRequests, vault } from './requests.js';

const refusedUrl = (baseUrl: unknown) => {
  const error = refusal('ERR_REQUEST_INVALID', () => vault({ baseUrl }));
  expect(error.field).toBe('baseUrl');
  return error;
};

describe('the base URL', () => {
  test.each([
    'https://api.cloudcruise.com',
    'https://vault.example.com:8443',
    'https://127.0.0.1',
    'http://127.0.0.1:8080',
    'http://127.1.2.3',
    'http://127.255.255.254:1',
    'http://[::1]:8080',
    'http://localhost:3000',
  ])('may be %s', (baseUrl) => {
    expect(vault({ baseUrl }).list().url).toBe(`${baseUrl}/vault`);
  });

  test.each([
    ['https://gateway.example.com/cruise', 'https://gateway.example.com/cruise/vault'],
    ['https://gateway.example.com/a/b/', 'https://gateway.example.com/a/b/vault'],
    ['https://example.com/', 'https://example.com/vault'],
    ['https://example.com///', 'https://example.com/vault'],
    ['HTTPS://EXAMPLE.com', 'https://example.com/vault'],
    ['http://LOCALHOST:80/', 'http://localhost/vault'],
    ['http://[0:0:0:0:0:0:0:1]:80/x', 'http://[::1]/x/vault'],
    ['http://127.1', 'http://127.0.0.1/vault'],
    ['http://127.0.0.1.', 'http://127.0.0.1/vault'],
    [undefined, 'https://api.cloudcruise.com/vault'],
  ])('%s gives %s', (baseUrl, url) => {
    expect(vault({ baseUrl }).list().url).toBe(url);
  });

  test('keeps its path in every call', () => {
    for (const { url } of allRequests(vault({ baseUrl: 'https://gateway.example.com/cruise/v1/' }))) {
      expect(url).toMatch(/^https:\/\/gateway\.example\.com\/cruise\/v1\/vault(?=$|[/?])/);
    }
  });

  test.each([
    'http://example.com',
    'http://api.cloudcruise.com',
    'http://127.0.0.1.evil.com',
    'http://localhost.evil.com',
    'http://localhost.',
    'http://notlocalhost',
    'http://app.localhost',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://10.0.0.1',
    'http://192.168.0.1',
    'http://[::]',
    'http://[::2]',
    'http://[::ffff:10.0.0.1]',
    'http://2130706432:80@example.com',
    'http://example.com#127.0.0.1',
  ])('must not be %s, which would send the API key in clear', (baseUrl) => {
    refusedUrl(baseUrl);
  });

  test.each([
    'ftp://127.0.0.1',
    'ws://localhost',
    'file:///vault',
    'javascript:alert(1)',
    'data:,x',
    'about:blank',
    'blob:https://example.com/x',
    'httpss://example.com',
  ])('must not be of another scheme: %s', (baseUrl) => {
    refusedUrl(baseUrl);
  });

  test.each([
    'https://user:hunter2@example.com',
    'https://user@example.com',
    'https://:hunter2@example.com',
    'http://user:hunter2@127.0.0.1',
    'http://127.0.0.1:80@evil.com',
  ])('must not carry user info: %s', (baseUrl) => {
    expectHidden(refusedUrl(baseUrl), 'hunter2');
  });

  test.each([
    'https://example.com?tenant=1',
    'https://example.com/?tenant=1',
    'https://example.com/#x',
    'https://example.com?',
    'https://example.com/?',
    'https://example.com#',
    'https://example.com/path/#',
  ])('must end before a query or fragment, even an empty one: %s', (baseUrl) => {
    refusedUrl(baseUrl);
  });

  test.each<[unknown]>([
    [''],
    ['api.cloudcruise.com'],
    ['//api.cloudcruise.com'],
    ['/vault'],
    ['https://'],
    ['https://exa mple.com'],
    ['https://example.com:99999'],
    [null],
    [5],
    [true],
    [{}],
    [new URL('https://example.com')],
    [['https://example.com']],
  ])('must be an absolute URL in a string: %o', (baseUrl) => {
    refusedUrl(baseUrl);
  });

  test('whatever it is, is refused or leads to /vault on a host that is https or loopback', () => {
    const near = fc
      .tuple(
        fc.constantFrom(
          'http://',
          'https://',
          'http:/',
          'http:\\\\',
          'HTTP://',
          ' http://',
          'ht\ntp://',
          '//',
        ),
        fc.constantFrom('', '127.0.0.1', 'localhost', '[::1]', '0x7f.1', '２130706433', 'evil.com'),
        fc.constantFrom('', '@', ':80', '.', '%2e', '#', '?', '/', '\\', '\t'),
        fc.constantFrom('', 'evil.com', '.evil.com', '/x', '/../..', '/x?', '127.0.0.1'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(near, fc.webUrl(), fc.string()), (baseUrl) => {
        let url: URL;
        try {
          url = new URL(vault({ baseUrl }).list().url);
        } catch {
          refusedUrl(baseUrl);
          return;
        }
        expect(url.pathname).toMatch(/\/vault$/);
        expect(url.username + url.password + url.search + url.hash).toBe('');
        if (url.protocol !== 'https:') {
          expect(url.protocol).toBe('http:');
          expect(url.hostname).toMatch(/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/);
        }
      }),
      { numRuns: rounds(300, 2000) },
    );
  });
});

describe('the API key', () => {
  test('is sent as it is, in cc-key', () => {
    expect(new Set(allRequests(vault()).map(({ headers }) => headers['cc-key']))).toEqual(new Set([API_KEY]));
  });

  const secret = 'sk_QZXJWVKYqzxjwvky';
  test.each<[string, string]>([
    ['a line break at its end', `${secret}\n`],
    ['a carriage return', `${secret}\r\n`],
    ['a second header behind a line break', `${secret}\r\nx-injected: 1`],
    ['a space before it', ` ${secret}`],
    ['a space behind it', `${secret} `],
    ['a space inside', `sk_QZXJ WVKYqzxjwvky`],
    ['a tab', `${secret}\t`],
    ['NUL', `${secret}\0`],
    ['DEL', `${secret}\u007f`],
    ['Latin-1', `${secret}é`],
    ['an emoji', `${secret}🔑`],
    ['a byte order mark', `\ufeff${secret}`],
    ['a no-break space', `${secret}\u00a0`],
    ['a zero-width space', `${secret}\u200b`],
    ['half a character', `${secret}\ud800`],
    ['a typographic quote', `“${secret}”`],
  ])('is refused with %s, and not shown', (_, apiKey) => {
    const error = refusal('ERR_REQUEST_INVALID', () => vault({ apiKey }));
    expect(error.field).toBe('apiKey');
    expectHidden(error, secret);
    const isAtEnd = /^\S+[\r\n]+$/.test(apiKey);
    expect(error.message.endsWith('. Take the line break off.')).toBe(isAtEnd);
  });

  test('and a key in hex in place of a VaultKey is told how one is made', () => {
    const hex = '0123456789abcdef'.repeat(4);
    const error = refusal('ERR_KEY_FORMAT', () => vault({ key: hex as unknown as typeof KEY }));
    expect(error.message).toBe('Not a VaultKey: got string.');
  });

  test.each<[unknown]>([
    [undefined],
    [null],
    [''],
    [5],
    [{}],
    [[API_KEY]],
    [new String(API_KEY)],
    [Symbol('s')],
  ])('is missing if it is %o', (apiKey) => {
    expect(refusal('ERR_REQUEST_INVALID', () => vault({ apiKey })).field).toBe('apiKey');
  });

  test('is accepted only if fetch sends the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (apiKey) => {
        try {
          vault({ apiKey });
        } catch {
          refusal('ERR_REQUEST_INVALID', () => vault({ apiKey }));
          return;
        }
        expect(new Request('https://example.com', vault({ apiKey }).list()).headers.get('cc-key')).toBe(
          apiKey,
        );
      }),
      { numRuns: rounds(200, 1000) },
    );
  });
});

describe('vaultRequests refuses', () => {
  test.each<[unknown]>([[undefined], [null], ['sk_test'], [5], [[]], [() => ({})]])(
    '%o for a configuration',
    (config) => {
      refusal('ERR_REQUEST_INVALID', () => vaultRequests(config as VaultConfig));
    },
  );

  test.each<[unknown]>([[undefined], [null], [KEY.toHex()], [{}], [new Uint8Array(32)], [[KEY]]])(
    '%o for a key',
    (key) => {
      const error = refusal('ERR_KEY_FORMAT', () => vault({ key }));
      expectHidden(error, KEY.toHex());
      expectHidden(error, 'sk_test_QZXJWVKY');
    },
  );
});
