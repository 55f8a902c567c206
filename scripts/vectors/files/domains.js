import { invalid, is, valid } from '../document.js';

const ACCEPTED = {
  Origin: [
    'https://example.com',
    'http://example.com',
    'https://www.example.com',
    'https://intranet',
    'https://example.com:8443',
    'https://a-b.c1.example',
  ],
  NotRewritten: [
    ...[
      'https://example.com/',
      'https://example.com:443',
      'http://example.com:80',
      'HTTPS://Example.COM/Path',
      'https://EXAMPLE.com',
      'https://example.com.',
      'https://example.com/a//b/../c',
    ],
    ...[
      'https://www.example.com/login/?next=%2Fhome&a=b#top',
      'https://example.com?x',
      'https://example.com#',
      'https://b\u00fccher.example',
      'https://xn--bcher-kva.example',
      'https://\u4f8b\u3048.\u30c6\u30b9\u30c8/\u30d1\u30b9',
    ],
  ],
  Address: ['http://127.0.0.1:3000', 'http://192.0.2.1', 'https://[2001:db8::1]', 'http://[::1]:8080/x'],
  Joiner: [
    'https://\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example',
    'https://example.com/\u0646\u200c\u0627',
  ],
  Asterisk: ['https://example.com/*', 'https://example.com/?q=*.example'],
  AtSign: ['https://example.com/@user', 'https://example.com/?email=a@b.example', 'https://example.com#@'],
  NearLocalhost: [
    'https://localhost.example.com',
    'https://notlocalhost',
    'https://my-localhost.example',
    'https://example.com/localhost',
    'https://localhosts',
  ],
};

const REFUSED = {
  NoScheme: [
    '',
    'example.com',
    'www.example.com/login',
    '//example.com',
    '/login',
    'example.com:443',
    'https:example.com',
    'https:/example.com',
    'https//example.com',
    'https://',
  ],
  OtherScheme: [
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
    'blob:https://example.com/1',
  ],
  NoHost: ['https:///', 'https:///example.com', 'http://:80', 'https://?x', 'https://#x', 'https://:443/'],
  UserInfo: [
    'https://user:pw@example.com/',
    'https://user@example.com',
    'https://:pw@example.com',
    'https://@example.com',
    'https://:@example.com',
    'https://a@b@example.com',
    'https:///user:pw@example.com',
    'https://example.com:80@evil.example',
    'https://user:pw@',
    'https://user%40x:pw@example.com',
  ],
  Localhost: [
    'http://localhost',
    'http://localhost/',
    'http://localhost:3000/login',
    'http://LOCALHOST',
    'http://localhost.',
    'http://localhost?x',
    'http://app.localhost:3000',
    'http://%6cocalhost',
    'http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54',
    'http://local\u00adhost',
  ],
  WhiteSpace: [
    ' https://example.com',
    'https://example.com ',
    'https://example.com\n',
    '\thttps://example.com',
    'https://exam\nple.com',
    'ht\ntps://example.com',
    'https://example.com/a b',
    'https://example.com/\u00a0',
    'https://example.com/\u2028',
    '\ufeffhttps://example.com',
  ],
  ControlCharacters: [
    'https://example.com/\0',
    '\u0000https://example.com',
    'https://example.com/\u001b[31m',
    'https://example.com/\u007f',
    'https://example.com/\u0085',
    'https://example.com/\ud800',
  ],
  Backslash: [
    'https:\\\\example.com',
    'https://example.com\\',
    'https:\\/example.com',
    'https://example.com\\@evil.example',
    'https://user:pw\\@example.com',
  ],
  Invisible: [
    ...[
      ...'\u00ad\u034f\u061c\u115f\u17b5\u180b\u180e\u200b\u200e\u202e\u2060\u2064\u206f\u3164\ufe00\ufe0f\uffa0',
    ].map((character) => `https://exam${character}ple.com`),
    ...['\u{1bca0}', '\u{1d173}', '\u{e0001}', '\u{e0100}'].map(
      (character) => `https://exam${character}ple.com`,
    ),
    'https://example.com\u200b',
    'https://\u2060example.com',
    'https://example.com:\u200b443',
    'https://example.com/\u200b',
    'https://example.com/a\ufe0f',
    'https://example.com#\u202e',
  ],
  EscapedHost: [
    'https://exam%C2%ADple.com',
    'https://exam%e2%80%8bple.com',
    'https://example%2ecom',
    'https://%65xample.com',
  ],
  Wildcard: [
    'https://*.example.com',
    'https://*',
    'https://example.*:8443/x',
    'https://%2a.example.com',
    'https://\uff0a.example.com',
  ],
  BadPort: [
    'https://example.com:99999',
    'https://example.com:65536',
    'https://example.com:-1',
    'https://example.com:port',
    'https://example.com:80:80',
  ],
  BadHost: [
    'https://[::1',
    'https://::1',
    'https://[::g]',
    'https://[fe80::1%25eth0]',
    'https://999.1.1.1',
    'https://1.2.3.256',
    'https://exa|mple.com',
    'https://exa<mple.com',
    'https://example%00.com',
  ],
  NotAString: [null, 42, true, ['https://example.com'], { href: 'https://example.com' }],
};

const each = (lists, make) =>
  Object.entries(lists).flatMap(([flag, domains]) => domains.map((domain) => make(flag, domain)));

export default () => ({
  algorithm: 'vault domain',
  header: [
    'The domain of an entry: an absolute http(s) URL with a host, as the WHATWG URL Standard reads it, without user info, and not localhost.',
    'The vault matches it exactly. It is checked and never rewritten: what comes out is what went in, character by character.',
  ],
  notes: {
    Origin: { bugType: 'BASIC', description: 'Scheme, host and perhaps port.' },
    NotRewritten: {
      bugType: 'FUNCTIONALITY',
      description:
        'What URL parsers put into another form: slash, default port, case, path, international names.',
      effect: 'The entry is not found any more.',
    },
    Address: { bugType: 'FUNCTIONALITY', description: 'IP addresses, the loopback ones among them.' },
    AtSign: { bugType: 'FUNCTIONALITY', description: 'An @ that is not of user info.' },
    NearLocalhost: { bugType: 'FUNCTIONALITY', description: 'Names that only resemble localhost.' },
    NoScheme: {
      bugType: 'KNOWN_BUG',
      description:
        'No scheme, or not both slashes behind it. URL parsers supply them, and the published clients check nothing.',
    },
    OtherScheme: { bugType: 'FUNCTIONALITY', description: 'Neither http nor https.' },
    NoHost: {
      bugType: 'FUNCTIONALITY',
      description: 'No host where it belongs. URL parsers take further slashes away.',
    },
    UserInfo: {
      bugType: 'CONFIDENTIALITY',
      description: 'User name or password in the URL. The published clients send it.',
      effect: 'The password travels and is kept in clear.',
    },
    Localhost: {
      bugType: 'FUNCTIONALITY',
      description: 'localhost, in every spelling that a URL parser reads as it.',
    },
    WhiteSpace: {
      bugType: 'FUNCTIONALITY',
      description: 'White space, which URL parsers strip at the ends and take out in the middle.',
    },
    ControlCharacters: {
      bugType: 'FUNCTIONALITY',
      description: 'Control characters and half surrogate pairs.',
    },
    Backslash: { bugType: 'FUNCTIONALITY', description: 'Backslashes, which URL parsers read as slashes.' },
    Joiner: {
      bugType: 'FUNCTIONALITY',
      description:
        'A zero-width non-joiner, which is part of the spelling of some languages, and kept by URL parsers.',
    },
    Asterisk: { bugType: 'FUNCTIONALITY', description: 'An asterisk behind the host.' },
    Invisible: {
      bugType: 'FUNCTIONALITY',
      description:
        'A default-ignorable code point, which nobody sees, and URL parsers drop from a host; but for the joiners U+200C and U+200D.',
      effect: 'The entry is not found, and looks as if it had to be.',
    },
    EscapedHost: {
      bugType: 'FUNCTIONALITY',
      description: 'A percent sign in the host, which URL parsers decode.',
      effect: 'The entry is not found any more.',
    },
    Wildcard: {
      bugType: 'FUNCTIONALITY',
      description:
        'An asterisk in the host, in every spelling: URL parsers take it, and the vault matches exactly.',
      effect: 'Somebody believes that the entry is for all hosts of a domain.',
    },
    BadPort: { bugType: 'FUNCTIONALITY', description: 'A port that is none.' },
    BadHost: { bugType: 'FUNCTIONALITY', description: 'A host that is none.' },
    NotAString: { bugType: 'EDGE_CASE', description: 'No string at all.' },
  },
  types: {
    Domain: { methods: ['checkDomain'], given: { domain: is.text }, expected: { domain: is.text } },
  },
  groups: [
    {
      type: 'Domain',
      tests: [
        ...each(ACCEPTED, (flag, domain) => valid(JSON.stringify(domain), flag, { domain })),
        ...each(REFUSED, (flag, domain) =>
          invalid(JSON.stringify(domain), flag, 'ERR_ENTRY_INVALID', { domain }),
        ),
      ],
    },
  ],
});
