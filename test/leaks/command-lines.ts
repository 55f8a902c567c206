import { VaultKey } from '../../src/key/vault-key.js';
import { protectKeys } from '../../src/key-file/index.js';
import type { Given } from '../cli/run.js';
import { jwkOf, KEY, sealBytes, WITH_KEY } from '../cli/sealing.js';
import { account, migrationUri } from '../totp/migration-payload.js';
import { MARKED_KEY, MARKER, ODD_MARKER } from './marker.js';

/** A command line that must not succeed, or whose result holds nothing secret, with secrets in everything it is given. */
export type CommandLine = readonly [rule: string, args: readonly string[], given: Given];

const marked = { CLOUDCRUISE_ENCRYPTION_KEY: MARKED_KEY };
const PROTECTED = await protectKeys(VaultKey.fromHex(MARKED_KEY), 'correct horse battery staple');
const latin1 = Buffer.concat([Buffer.from(MARKER), Uint8Array.of(0xff)]);
const ENTRY = { permissioned_user_id: MARKER, domain: `https://${MARKER}.example`, password: MARKER };
const ref = [MARKER, `https://${MARKER}.example`];
const atTheVault = [
  ['vault', 'list'],
  ['vault', 'get', ...ref],
  ['vault', 'code', ...ref],
  ['vault', 'delete', ...ref],
  ['vault', 'clear-state', ...ref],
  ['vault', 'pull'],
  ['vault', 'status'],
  ['vault', 'rotate'],
  ['plan'],
  ['apply'],
];
const SHELL = { env: { PATH: process.env.PATH ?? '' } };
const commands = [
  ['key', 'new'],
  ['key', 'show'],
  ['key', 'protect'],
  ['key', 'unprotect'],
  ['seal'],
  ['open'],
  ['payload'],
  ['import'],
  ['request'],
  ['rotate'],
  ['totp', 'show'],
  ['totp', 'code'],
  ['preflight'],
  ['manifest', 'make'],
  ['manifest', 'check', '--manifest', '/dev/null'],
  ['doctor'],
  ['emulate'],
  ['push'],
  ...atTheVault,
];
const withKeys = [
  ['key', 'show'],
  ['seal'],
  ['open'],
  ['payload'],
  ['import'],
  ['request'],
  ['rotate'],
  ['preflight'],
  ['payload', '--open'],
  ['manifest', 'make'],
  ['manifest', 'check', '--manifest', '/dev/null'],
  ['doctor'],
  ['emulate'],
  ['push'],
  ...atTheVault,
];

const given: Given = { stdin: MARKER, env: marked };

/** Secrets typed where options, values and names belong. */
export const inArguments: CommandLine[] = [
  ['as a command', [MARKER], given],
  ['as a command that asks for a suggestion', [`(Did you mean ${MARKER})`], given],
  ['as a command of key', ['key', MARKER], given],
  ['as what to get help on', ['help', MARKER], given],
  ['as an option of the program', [`--${MARKER}`], given],
  ...commands.flatMap((command): CommandLine[] => [
    [`as an argument of ${command.join(' ')}`, [...command, MARKER, ODD_MARKER], given],
    [`as an option of ${command.join(' ')}`, [...command, `--${MARKER}`], given],
  ]),
  ['as a short option', ['seal', `-k${MARKER}`], given],
  ['as the value of an option that there is not', ['seal', `--key=${MARKED_KEY}`], given],
  ['as the value of a flag', ['payload', `--update=${MARKER}`], given],
  ['as a file', ['payload', MARKER], given],
  ['as a file of a name too long', ['request', MARKER.repeat(20)], given],
  ['as --pad-to', ['seal', '--pad-to', MARKER], given],
  ['as --base-url', ['request', '--base-url', MARKER], given],
  ['as a user in --base-url', ['request', '--base-url', `https://ada:${MARKER}@example.com`], given],
  ['as a query in --base-url', ['request', '--base-url', `https://example.com/?key=${MARKER}`], given],
  ['as the host of --base-url', ['request', '--base-url', `http://${MARKER}.example`], given],
  ['as --allow-unknown', ['payload', '--allow-unknown', MARKER], given],
  ['as --manifest', ['manifest', 'check', '--manifest', MARKER], given],
  ['as --previous', ['manifest', 'make', '--previous', MARKER], given],
  ['as --updates', ['emulate', '--updates', MARKER], given],
  ['as --nulls', ['emulate', '--nulls', MARKER], given],
  ['as a number of --fault', ['emulate', '--fault', `requests=${MARKER}`], given],
  ['as --allow-unknown of preflight', ['preflight', '--allow-unknown', MARKER], given],
  ['as --port', ['emulate', '--port', MARKER], given],
  ['as --fault', ['emulate', '--fault', MARKER], given],
  ['as --fault-script', ['emulate', '--fault-script', MARKER], given],
  ['as --data', ['emulate', '--data', `${MARKER}/${MARKER}`], given],
  ['as --format', ['preflight', '--format', MARKER], given],
  ['as --from', ['import', '--from', MARKER], given],
  ['as --user-id', ['import', '--user-id', `{${MARKER}}`], given],
  ['as --map', ['import', '--map', MARKER], given],
  ['as a column of --map', ['import', '--map', `${MARKER}=domain`], given],
  ['as a field of --map', ['import', '--map', `a=${MARKER}`], given],
  ['as --totp', ['import', '--plaintext', '--totp', MARKER], given],
  ['as --totp-map', ['import', '--plaintext', '--totp', '/dev/null', '--totp-map', MARKER], given],
  ['as --totp-map alone', ['import', '--totp-map', MARKER], given],
  [
    'as --ignore-column',
    ['import', '--dry-run', '--ignore-column', MARKER],
    { stdin: 'name,url,username,password\na,https://a.example,ada,p\n' },
  ],
  ['as the value of --assume-https', ['import', `--assume-https=${MARKER}`], given],
  ['as the value of --decode-entities', ['import', `--decode-entities=${MARKER}`], given],
  ...['show', 'code', 'verify'].flatMap((action): CommandLine[] => [
    [`as --account of totp ${action}`, ['totp', action, '--account', MARKER], { stdin: MARKER }],
    [`as a file of totp ${action}`, ['totp', action, MARKER], { stdin: MARKER }],
  ]),
  ['as --key-file', ['key', 'show', '--key-file', MARKED_KEY], given],
  ['as --previous-key-file', ['key', 'show', '--previous-key-file', MARKED_KEY], given],
  ['as --key-command', ['key', 'show', '--key-command', `exit 1; ${MARKER}`], {}],
  [
    'as --passphrase-command',
    ['key', 'protect', '--passphrase-command', `exit 1; ${MARKER}`],
    { stdin: MARKED_KEY },
  ],
  ['as --api-key-command', ['vault', 'list', '--api-key-command', `exit 1; ${MARKER}`], given],
  ['as --allow-references', ['payload', '--allow-references', MARKER], given],
  ['as --passphrase-fd', ['key', 'show', '--key-file', '/dev/null', '--passphrase-fd', MARKER], given],
  ['as --iterations', ['key', 'protect', '--iterations', MARKER], { stdin: MARKED_KEY }],
  ['as --output', ['rotate', '--output', `none/${MARKER}`], { stdin: '[]', env: marked }],
  ['as a file to rotate in its place', ['rotate', MARKER, '--in-place'], given],
  ['as a code to verify', ['totp', 'verify', MARKER], { stdin: MARKER }],
  ['as a code to verify, behind another', ['totp', 'verify', '123456', MARKER], { stdin: MARKER }],
];

/** Keys that are malformed, and keys that are well-formed where something else is wrong. */
export const inKeys: CommandLine[] = [
  ...withKeys.flatMap((command): CommandLine[] => [
    [
      `${command.join(' ')}, malformed variable`,
      command,
      { stdin: MARKER, env: { CLOUDCRUISE_ENCRYPTION_KEY: `${MARKED_KEY}\n` } },
    ],
    [
      `${command.join(' ')}, malformed previous keys`,
      command,
      { stdin: MARKER, env: { ...marked, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: `${MARKED_KEY},${MARKER}` } },
    ],
  ]),
  [
    'key show',
    ['key', 'show'],
    { env: { ...marked, CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: MARKED_KEY, CLOUDCRUISE_API_KEY: MARKER } },
  ],
  ...Object.entries({
    'a key and more': `${MARKED_KEY}\n${MARKER}`,
    'a password': MARKER,
    'an odd password': ODD_MARKER,
    'not UTF-8': latin1,
    'a JWK cut off': JSON.stringify(jwkOf(MARKED_KEY)).slice(0, -9),
    'JSON of another kind': `{"password":"${MARKER}",${MARKER}}`,
    'a JWK of another type': JSON.stringify({ ...jwkOf(MARKED_KEY), kty: MARKER }),
    'a JWK too long': JSON.stringify({
      kty: 'oct',
      k: Buffer.from(`${MARKED_KEY}${MARKER}`, 'hex').toString('base64url'),
    }),
  }).flatMap(([rule, key]): CommandLine[] => [
    [`--key-file, ${rule}`, ['key', 'show', '--key-file', 'key'], { files: { key } }],
    [`--previous-key-file, ${rule}`, ['seal', '--previous-key-file', 'key'], { ...given, files: { key } }],
  ]),
  ...Object.entries({
    'a password': MARKER,
    'a malformed key': `CLOUDCRUISE_ENCRYPTION_KEY=${MARKER}\n`,
    'another variable': `PASSWORD="${MARKER}\nCLOUDCRUISE_API_KEY=${MARKER}`,
    'a malformed base URL': `CLOUDCRUISE_ENCRYPTION_KEY=${KEY}\nCLOUDCRUISE_BASE_URL=ftp://${MARKER}\n`,
    'not UTF-8': latin1,
  }).map(
    ([rule, env]): CommandLine => [
      `--env-file, ${rule}`,
      ['request', '--env-file', 'env'],
      { stdin: MARKER, files: { env } },
    ],
  ),
  ...['protect', 'unprotect'].flatMap((command): CommandLine[] => [
    [
      `key ${command}: a short passphrase`,
      ['key', command],
      { stdin: MARKED_KEY, env: { CREDSEAL_PASSPHRASE: MARKER.slice(0, 7) } },
    ],
    [
      `key ${command}: a malformed key`,
      ['key', command],
      { stdin: `${MARKED_KEY}!`, env: { CREDSEAL_PASSPHRASE: MARKER } },
    ],
    [
      `key ${command}: a set with a wrong kid`,
      ['key', command],
      {
        stdin: JSON.stringify({ keys: [{ ...jwkOf(MARKED_KEY), kid: MARKER }] }),
        env: { CREDSEAL_PASSPHRASE: MARKER },
      },
    ],
  ]),
  [
    'key unprotect: a wrong passphrase',
    ['key', 'unprotect'],
    { stdin: PROTECTED, env: { CREDSEAL_PASSPHRASE: MARKER } },
  ],
  [
    'key show: a wrong passphrase in a pipe',
    ['key', 'show', '--key-file', 'key', '--passphrase-fd', '0'],
    { stdin: MARKER, files: { key: PROTECTED } },
  ],
  ...Object.entries({
    'a password': `echo ${MARKER}`,
    'a key and more': `echo ${MARKED_KEY}; echo ${MARKER}`,
    'a key, and fails': `echo ${MARKED_KEY}; exit 3`,
    'what does not end': `yes ${MARKER}`,
  }).flatMap(([rule, command]): CommandLine[] => [
    [`--key-command prints ${rule}`, ['key', 'show', '--key-command', command], SHELL],
    [
      `a variable's command prints ${rule}`,
      ['seal'],
      { ...given, env: { ...SHELL.env, CLOUDCRUISE_ENCRYPTION_KEY_COMMAND: command } },
    ],
    [
      `--api-key-command prints ${rule}`,
      ['vault', 'list', '--retries', '0', '--base-url', 'http://127.0.0.1:1', '--api-key-command', command],
      { env: { ...SHELL.env, ...marked } },
    ],
    [
      `--passphrase-command prints ${rule}`,
      ['key', 'show', '--key-file', 'key', '--passphrase-command', command],
      { ...SHELL, files: { key: PROTECTED } },
    ],
  ]),
  ...['CLOUDCRUISE_ENCRYPTION_KEY', 'CLOUDCRUISE_API_KEY', 'CREDSEAL_PASSPHRASE'].flatMap(
    (name): CommandLine[] => [
      [
        `${name} in two forms`,
        ['vault', 'list', '--base-url', 'http://127.0.0.1:1', '--retries', '0'],
        {
          env: { ...marked, [name]: MARKED_KEY, [`${name}_FILE`]: `/${MARKER}`, CLOUDCRUISE_API_KEY: MARKER },
        },
      ],
      [
        `${name}_FILE leads nowhere`,
        ['vault', 'list'],
        {
          env: {
            ...(name.endsWith('Y') && name.includes('ENC') ? {} : marked),
            [`${name}_FILE`]: `/${MARKER}`,
          },
        },
      ],
      [
        `${name}_COMMAND in --env-file`,
        ['key', 'show', '--env-file', 'env'],
        { files: { env: `${name}_COMMAND=${MARKER}` } },
      ],
    ],
  ),
  [
    'a malformed base URL',
    ['request'],
    { ...given, env: { ...marked, CLOUDCRUISE_BASE_URL: `https://${MARKER}@x/` } },
  ],
];

/** References that do not resolve, and of which nothing is shown: neither what they are nor what they lead to. */
const references: CommandLine[] = [
  ...Object.entries({
    'of no scheme': MARKER,
    'of an unknown scheme': `${MARKER}:${MARKER}`,
    'to a variable that is not set': `env:${MARKER}`,
    'to a variable of ours': `env:CREDSEAL_${MARKER}`,
    'to no file': `file:${MARKER}`,
    'to a file of two values': 'file:binary',
    'to a command that fails': `exec:echo ${MARKER}; exit 2`,
    'to a command that prints two lines': `exec:echo ${MARKER}; echo ${MARKER}`,
    'to no item': `bw:${MARKER}/password`,
    'to no item of op': `op://${MARKER}/${MARKER}/${MARKER}`,
  }).flatMap(([rule, from]) =>
    ['payload', 'payload --check', 'request'].flatMap((command): CommandLine[] => {
      // What is only looked at is not resolved.
      if (command.endsWith('check') && !/scheme|ours/.test(rule)) return [];
      return [
        [
          `${command}: a reference ${rule}`,
          [...command.split(' '), '--allow-references', 'file,op,bw,exec'],
          {
            stdin: JSON.stringify({
              permissioned_user_id: 'u',
              domain: 'https://a.example',
              password: { from },
            }),
            env: { ...SHELL.env, ...(command.endsWith('check') ? {} : marked) },
            files: { binary: `${MARKER}\0${MARKER}` },
          },
        ],
      ];
    }),
  ),
  [
    'preflight: a reference',
    ['preflight'],
    { stdin: JSON.stringify({ ...ENTRY, password: { from: MARKER } }), env: marked },
  ],
];

/** Values, entries and TOTP secrets with something wrong about them. */
export const inInput: CommandLine[] = [
  ...references,
  ['seal: sealed already', ['seal'], { stdin: sealBytes(`"${MARKER}"`, MARKED_KEY), env: marked }],
  ['seal: not UTF-8', ['seal'], { stdin: latin1, env: marked }],
  ...Object.entries({
    'a password': MARKER,
    'an odd password': ODD_MARKER,
    'hex too short': MARKER.repeat(2),
    'hex that does not open': MARKER.repeat(4),
    'another key': sealBytes(`"${MARKER}"`, MARKED_KEY),
    'plain text inside': sealBytes(MARKER),
    'JSON cut off inside': sealBytes(`"${ODD_MARKER}`),
    'an object inside': sealBytes(JSON.stringify({ password: MARKER })),
    'bytes that are not UTF-8 inside': sealBytes(latin1),
    'half a surrogate pair inside': sealBytes(`"${MARKER}\\ud83d"`),
    'not UTF-8': latin1,
  }).map(([rule, stdin]): CommandLine => [`open: ${rule}`, ['open'], { stdin, env: WITH_KEY }]),
  ...['payload', 'request', 'rotate', 'preflight'].flatMap((command) =>
    Object.entries({
      'no JSON': MARKER,
      'no JSON, and odd': ODD_MARKER,
      'JSON without quotation marks': `{"password": ${MARKER}}`,
      'JSON cut off': `[{"password": "${MARKER}"},\n{"password": "${MARKER}`,
      'a bad escape': `{"password": "\\${MARKER}"}`,
      'a control character': `{"password": "${MARKER}\t${MARKER}"}`,
      'another value': JSON.stringify(MARKER),
      'no field right': JSON.stringify({
        ...ENTRY,
        domain: MARKER,
        password: '',
        passwrod: MARKER,
        tfa_secret: `${MARKER}1`,
        tfa_method: MARKER,
        cookies: MARKER,
        headers: [MARKER],
        proxy: { enable: MARKER, target_ip: MARKER },
        max_concurrency: MARKER,
        ip_address: MARKER,
        expiry_time_from_last_use: MARKER,
        expiry_time_from_session_data_set: { days: MARKER },
        proxy_setting: MARKER,
        proxy_value: MARKER,
      }),
      'sealed already': JSON.stringify({ ...ENTRY, password: sealBytes(`"${MARKER}"`, MARKED_KEY) }),
      'a password in the domain': JSON.stringify({ ...ENTRY, domain: `https://ada:${MARKER}@example.com` }),
      'many, all of them bad': `{"password": "${MARKER}"}\n${MARKER}\n{"a\n["${MARKER}"]\n"${ODD_MARKER}`,
      'not UTF-8': latin1,
    })
      // What is sealed already is what rotate is for: it comes out with the settings that it had.
      .filter(([rule]) => command !== 'rotate' || rule !== 'sealed already')
      .map(([rule, stdin]): CommandLine => [`${command}: ${rule}`, [command], { stdin, env: marked }]),
  ),
  ...Object.entries({
    'another key': sealBytes(`"${MARKER}"`),
    'plain text inside': sealBytes(MARKER, MARKED_KEY),
    'sealed twice': sealBytes(`"${sealBytes(`"${MARKER}"`, MARKED_KEY)}"`, MARKED_KEY),
    damaged: sealBytes(`"${MARKER}"`, MARKED_KEY).replace(/..$/, 'zz'),
    'white space around': sealBytes(`" ${MARKER} "`, MARKED_KEY),
  }).flatMap(([rule, sealed]) =>
    ['text', 'json', 'github'].map(
      (format): CommandLine => [
        `preflight --format ${format}: ${rule}`,
        ['preflight', '--format', format],
        { stdin: JSON.stringify({ ...ENTRY, password: sealed, tfa_secret: sealed }), env: marked },
      ],
    ),
  ),
  ...['auto', 'chrome', '1pux', 'bitwarden-json', 'keepassxc'].flatMap((from) =>
    Object.entries({
      'no export': MARKER,
      'no export, and odd': ODD_MARKER,
      'rows that fail': `name,url,username,password\n${MARKER},http://localhost/${MARKER},${MARKER},${MARKER}\n${MARKER},https://${MARKER}@a.example,,${MARKER}`,
      'a quotation mark': `name,url,username,password\na,https://a.example,${MARKER},${MARKER}"${MARKER}`,
      'a bad secret': `URL,Username,Password,TOTP,Title,Group\nhttps://a.example,${MARKER},${MARKER},${MARKER}1,${MARKER},${MARKER}`,
      'JSON cut off': `{"items":[{"type":1,"name":"${MARKER}","login":{"password":"${MARKER}"}}`,
      'items that are none': `{"items":["${MARKER}",{"type":1,"login":{"uris":[{"uri":"http://localhost/${MARKER}"}],"username":"${MARKER}"}}]}`,
      'no archive': `PK\u0003\u0004${MARKER}`,
      'not UTF-8': latin1,
    }).map(
      ([rule, stdin]): CommandLine => [
        `import --from ${from}: ${rule}`,
        ['import', '--dry-run', '--from', from],
        { stdin, env: marked },
      ],
    ),
  ),
  ...Object.entries({
    'no authenticator': MARKER,
    'accounts that cannot be used': `otpauth://hotp/Site:ada?secret=${MARKER}\nsteam://${MARKER}\notpauth://totp/Site:ada?secret=${MARKER}1`,
    'items that are none': `{"services":["${MARKER}",{"secret":"${MARKER}1","otp":{"issuer":1,"account":"${MARKER}"}}]}`,
    'JSON cut off': `{"db":{"entries":[{"type":"totp","name":"${MARKER}","info":{"secret":"${MARKER}"`,
    'encrypted, by its shape': `{"header":{"slots":[{"key":"${MARKER}"}]},"db":"${MARKER}"}`,
    'a picture that is none': `\x89PNG\r\n\x1a\n${MARKER}`,
    'not UTF-8': latin1,
  }).flatMap(([rule, codes]): CommandLine[] => [
    [
      `import --totp: ${rule}`,
      ['import', '--dry-run', '--totp', 'codes'],
      {
        stdin: `name,url,username,password\na,https://a.example,${MARKER},${MARKER}\n`,
        files: { codes },
      },
    ],
    [`totp show: ${rule}`, ['totp', 'show', 'codes'], { files: { codes } }],
    [`totp code --account: ${rule}`, ['totp', 'code', 'codes', '--account', '1'], { files: { codes } }],
  ]),
  [
    'import --totp-map: lines that are none',
    ['import', '--dry-run', '--totp', 'codes', '--totp-map', 'map'],
    {
      stdin: 'name,url,username,password\na,https://a.example,ada,p\n',
      files: { codes: `otpauth://totp/x?secret=${MARKER}\n`, map: `1,1\n${MARKER},${ODD_MARKER}\n` },
    },
  ],
  [
    'import: a column of second factors',
    ['import', '--dry-run'],
    {
      stdin: `name,url,username,password,otpauth\na,https://a.example,ada,p,otpauth://totp/x?secret=${MARKER}\n`,
    },
  ],
  ...['--assume-https', '--decode-entities'].map(
    (option): CommandLine => [
      `import ${option}: rows that fail`,
      ['import', '--dry-run', option],
      {
        stdin: `name,url,username,password\na,${MARKER}.example,${MARKER}&amp;,${MARKER}\nb,${MARKER} x,ada,{REF:P@T:${MARKER}}\n`,
      },
    ],
  ),
  [
    'payload: a file',
    ['payload', 'entry.json'],
    { files: { 'entry.json': `{"password": "${MARKER}",}` }, env: marked },
  ],
  ...Object.entries({
    'base32 with a stranger': `${MARKER}!`,
    'base32 with a 1': `${MARKER}1`,
    'base32 of impossible length': MARKER.slice(1, -1),
    'no base32': ODD_MARKER,
    'a URI of another type': `otpauth://${MARKER}/x?secret=${MARKER}`,
    HOTP: `otpauth://hotp/x?secret=${MARKER}`,
    Steam: `steam://${MARKER}`,
    'a web address': `https://example.com/?secret=${MARKER}`,
    'a URI with a bad escape': `otpauth://totp/x?secret=${MARKER}%zz`,
    'a migration URI of HOTP': migrationUri(account({ secret: Buffer.from(MARKER), name: 'ada', type: 1 })),
    'a migration URI cut off': migrationUri(account({ secret: Buffer.from(MARKER), name: 'ada' })).slice(
      0,
      -4,
    ),
    'not UTF-8': latin1,
  }).flatMap(([rule, stdin]): CommandLine[] => [
    [`totp show: ${rule}`, ['totp', 'show', '--secret'], { stdin }],
    [`totp verify: ${rule}`, ['totp', 'verify', '123456'], { stdin }],
  ]),
];

/** Commands that succeed: what they say beside their result, and where the result is not the secret. */
export const succeeding: CommandLine[] = [
  [
    'key show',
    ['key', 'show', '--previous-key-file', 'old'],
    { env: marked, files: { old: `${MARKED_KEY.replace('5', '6')}\n` } },
  ],
  ['seal', ['seal'], { stdin: MARKER, env: marked }],
  ['seal, odd', ['seal', '--pad-to', '32'], { stdin: ODD_MARKER, env: marked }],
  [
    'payload',
    ['payload'],
    {
      stdin: JSON.stringify({
        ...ENTRY,
        permissioned_user_id: 'user-1',
        domain: 'https://example.com',
        user_name: ODD_MARKER,
        tfa_secret: MARKER,
      }),
      env: marked,
    },
  ],
  [
    'payload of a reference',
    ['payload', '--allow-references', 'exec', '--key-command', `echo ${MARKED_KEY}`],
    {
      stdin: JSON.stringify({
        permissioned_user_id: 'user-1',
        domain: 'https://example.com',
        user_name: { from: 'env:USER_NAME' },
        password: { from: `exec:echo ${MARKER}` },
      }),
      env: { ...SHELL.env, USER_NAME: ODD_MARKER },
    },
  ],
  ['key protect', ['key', 'protect'], { stdin: MARKED_KEY, env: { CREDSEAL_PASSPHRASE: MARKER } }],
  ...['--curl', '--http', '--json'].map(
    (form): CommandLine => [
      `request ${form}`,
      ['request', form],
      {
        stdin: JSON.stringify({ ...ENTRY, permissioned_user_id: 'user-1', domain: 'https://example.com' }),
        env: { ...marked, CLOUDCRUISE_API_KEY: `sk_${MARKER}` },
      },
    ],
  ),
  ['totp show', ['totp'], { stdin: `otpauth://totp/ACME:ada?secret=${MARKER}` }],
  [
    'totp show of an export',
    ['totp'],
    { stdin: migrationUri(account({ secret: Buffer.from(MARKER), name: 'ada' })) },
  ],
  ['totp code', ['totp', 'code'], { stdin: MARKER }],
  ['totp verify', ['totp', 'verify', '123456'], { stdin: MARKER }],
];
