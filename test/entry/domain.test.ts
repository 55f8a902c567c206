import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { domainProblem } from '../../src/entry/domain.js';
import { parsedUrl } from '../../src/url.js';
import { rounds } from '../rounds.js';
import { faultsOf, issuesOf, REF, seal } from './sealing.js';

const ACCEPTED = [
  'https://example.com',
  'http://example.com',
  'https://example.com/',
  'https://www.example.com/login/?next=%2Fhome&a=b#top',
  'https://example.com/@user',
  'https://example.com/?email=a@b.example',
  'https://example.com#@',
  'https://example.com/a//b/../c',
  'https://example.com:443',
  'https://example.com:8443/login',
  'HTTPS://Example.COM/Path',
  'https://EXAMPLE.com',
  'https://example.com.',
  'https://sub_domain.example.com',
  'https://bücher.example',
  'https://xn--bcher-kva.example',
  'https://例え.テスト/パス',
  'https://نامه\u200cای.example',
  'https://example.com/*',
  'https://example.com/%C2%AD?a=%2A',
  'https://example.com/\u0646\u200c\u0627',
  'https://intranet',
  'http://127.0.0.1:3000',
  'http://192.0.2.1',
  'https://[2001:db8::1]',
  'http://[::1]:8080/x',
  'https://localhost.example.com',
  'https://notlocalhost',
  'https://my-localhost.example',
  'https://example.com/localhost',
  'https://localhosts',
];

const REFUSED: [why: string, ...domains: string[]][] = [
  ['empty', ''],
  ['without scheme', 'example.com', 'www.example.com/login', '//example.com', '/login', 'example.com:443'],
  [
    'of another scheme',
    'ftp://example.com',
    'ws://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'javascript://example.com/%0aalert(1)',
    'data:text/html,x',
    'mailto:a@example.com',
    'about:blank',
    'httpss://example.com',
    'xhttps://example.com',
    'view-source:https://example.com',
    'blob:https://example.com/1',
  ],
  ['without both slashes', 'https:example.com', 'https:/example.com', 'https//example.com', 'https://'],
  [
    'without host',
    'https:///',
    'https:///example.com',
    'https:////example.com',
    'http://:80',
    'https://?x',
    'https://#x',
    'https://:443/',
  ],
  [
    'with user info, which would travel in clear',
    'https://user:pw@example.com/',
    'https://user@example.com',
    'https://:pw@example.com',
    'https://@example.com',
    'https://:@example.com',
    'https://a@b@example.com',
    'https://user:pw@example.com:443/x?y#z',
    'https:///user:pw@example.com',
    'https://///user:pw@example.com',
    'https://example.com:80@evil.example',
    'https://user:pw@',
    'https://user%40x:pw@example.com',
  ],
  [
    'that is localhost, which the vault refuses',
    'http://localhost',
    'http://localhost/',
    'http://localhost:3000/login',
    'https://localhost',
    'http://LOCALHOST',
    'HTTP://LocalHost:80',
    'http://localhost.',
    'http://localhost..',
    'http://localhost?x',
    'http://app.localhost:3000',
    'http://%6cocalhost',
    'http://ｌｏｃａｌｈｏｓｔ',
    'http://ⓛocalhost',
    'http://local\u00adhost',
  ],
  [
    'with white space',
    ' https://example.com',
    'https://example.com ',
    'https://example.com\n',
    'https://example.com\r\n',
    '\thttps://example.com',
    'https://exam\nple.com',
    'https://exam\tple.com',
    'ht\ntps://example.com',
    'https://example.com/a b',
    'https://example.com/\u00a0',
    'https://example.com/\u2028',
    'https://example.com/\u3000',
    '\ufeffhttps://example.com',
  ],
  [
    'with control characters or half a character',
    'https://example.com/\u0000',
    '\u0000https://example.com',
    'https://example.com/\u001b[31m',
    'https://example.com/\u007f',
    'https://example.com/\u0085',
    'https://example.com/\ud800',
    'https://example.com/\udc00x',
  ],
  [
    'with backslashes',
    'https:\\\\example.com',
    'https://example.com\\',
    'https:\\/example.com',
    'https://example.com\\@evil.example',
    'https://user:pw\\@example.com',
  ],
  [
    'with characters that nobody sees and URL parsers drop',
    'https://exam\u200bple.com',
    'https://example.com\u00ad',
    'https://exam\u2060ple.com',
    'https://example.com\ufe0f',
    'https://\u034fexample.com',
    'https://exam\u180eple.com',
    'https://exam\u{e0100}ple.com',
    'https://example.com/\u200b',
    'https://example.com/\u202elogin',
  ],
  [
    'with escapes in its host, which hide what it is',
    'https://exam%C2%ADple.com',
    'https://exam%e2%80%8bple.com',
    'https://example%2ecom',
    'https://%65xample.com',
  ],
  [
    'with a wildcard in its host, where nothing is wild',
    'https://*.example.com',
    'https://*',
    'https://example.*:8443/x',
    'https://%2a.example.com',
    'https://\uff0a.example.com',
  ],
  [
    'with a bad port',
    'https://example.com:99999',
    'https://example.com:65536',
    'https://example.com:-1',
    'https://example.com:port',
    'https://example.com:80:80',
    'https://example.com:8O',
  ],
  [
    'with a bad host',
    'https://exa mple.com',
    'https://[::1',
    'https://::1',
    'https://[::g]',
    'https://[fe80::1%25eth0]',
    'https://999.1.1.1',
    'https://1.2.3.256',
    'https://exa|mple.com',
    'https://exa<mple.com',
    'https://example%00.com',
    'https://example%2fcom',
  ],
];

// docs/vault-api.md, rule 12.
describe('a domain is accepted and never rewritten', () => {
  test.each(ACCEPTED)('%j', (domain) => {
    expect(seal({ ...REF, domain })).toStrictEqual({ ...REF, domain });
  });

  test('whichever web URL without user info it is', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (domain) => {
        expect(seal({ ...REF, domain }).domain).toBe(domain);
      }),
    );
  });
});

describe.each(REFUSED)('a domain is refused %s', (_, ...domains) => {
  test.each(domains)('%j', (domain) => {
    expect(faultsOf({ ...REF, domain })).toEqual(['domain: setting/domain']);
    expect(faultsOf({ ...REF, domain }, { operation: 'update' })).toEqual(['domain: setting/domain']);
  });
});

test('no character that a URL parser drops from a host is accepted there', () => {
  const lost: string[] = [];
  // Planes 0, 1 and the beginning of 14: the others have nothing but ideographs.
  for (let point = 0x80; point < 0xe_1000; point = point === 0x1_ffff ? 0xe_0000 : point + 1) {
    const domain = `https://exam${String.fromCodePoint(point)}ple.com`;
    if (parsedUrl(domain)?.hostname === 'example.com' && domainProblem(domain) === undefined)
      lost.push(point.toString(16));
  }
  expect(lost).toEqual([]);
});

describe('a domain with a password in it', () => {
  test('is refused wherever a URL parser would find one', () => {
    const slashes = fc.constantFrom('//', '///', '////', '/', '', '\\\\', '/\\', '//\t', '//\n/');
    const userInfo = fc.constantFrom('u:p@', 'u@', ':p@', '@', 'u:p@@', 'u%3Ap:@', '\tu:p@', 'u/p@', 'u?p@');
    const scheme = fc.constantFrom('https:', 'http:', 'HTTPS:', ' https:', 'h\nttps:');
    fc.assert(
      fc.property(scheme, slashes, userInfo, fc.constantFrom('example.com', '[::1]:80/x'), (...parts) => {
        const domain = parts.join('');
        const url = URL.canParse(domain) ? new URL(domain) : undefined;
        fc.pre(url !== undefined && url.username + url.password !== '');
        expect(faultsOf({ ...REF, domain })).toEqual(['domain: setting/domain']);
      }),
      { numRuns: rounds(200, 1000) },
    );
  });

  test('is not shown', () => {
    for (const { message } of issuesOf({ ...REF, domain: 'https://user:hunter2@example.com/' })) {
      expect(message).not.toMatch(/hunter2|user:/);
    }
  });
});
