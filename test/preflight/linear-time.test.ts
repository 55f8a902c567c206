import { describe, expect, it } from 'vitest';
import { preflight } from '../../src/preflight/preflight.js';
import { rounds } from '../rounds.js';
import { KEY, payload, REF, sealed } from './payloads.js';

const batch = (count: number, entry: (index: number) => object) =>
  Array.from({ length: count }, (_, index) => ({
    ...REF,
    permissioned_user_id: `user-${index}`,
    ...entry(index),
  }));
const members = (count: number, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`passwort${index}`, value]));
const IV = new Uint8Array(12);
const FEW = rounds(500, 1000);
const MANY = rounds(5000, 10_000);
const LONG = 500_000;

/** What could take more than its share of time, by its size. */
const growing: readonly [what: string, size: number, make: (size: number) => unknown][] = [
  ['sealed payloads', FEW, (size) => batch(size, (index) => ({ password: sealed(`hunter2 ${index}`) }))],
  ['payloads that are none', MANY, (size) => new Array(size).fill(0)],
  ['the same payload again', FEW, (size) => new Array(size).fill(payload())],
  [
    'values under one IV',
    FEW,
    (size) => batch(size, (index) => ({ password: sealed(`hunter2 ${index}`, KEY, IV) })),
  ],
  ['unknown fields', FEW, (size) => payload(members(size))],
  ['cookies that are none', MANY, (size) => payload({ cookies: new Array(size).fill(0) })],
  [
    'cookies',
    MANY,
    (size) => payload({ cookies: new Array(size).fill({ name: 'a', value: 'b', domain: 'c' }) }),
  ],
  ['headers', MANY, (size) => payload({ headers: new Array(size).fill({ name: 'a', value: 'b' }) })],
  ['members of storage', MANY, (size) => payload({ local_storage: members(size) })],
  ['a credential that is text', LONG, (size) => payload({ password: 'x'.repeat(size) })],
  ['a credential that is white space', LONG, (size) => payload({ password: ' '.repeat(size) })],
  [
    'a credential that is hex almost to the end',
    LONG,
    (size) => payload({ password: `${'a'.repeat(size)}x` }),
  ],
  ['a credential that does not open', LONG, (size) => payload({ password: 'ab'.repeat(size) })],
  ['a sealed value', LONG, (size) => payload({ password: sealed('x'.repeat(size)) })],
  ['a sealed value of white space', LONG, (size) => payload({ password: sealed(`x${' '.repeat(size)}x`) })],
  ['a TOTP secret', LONG, (size) => payload({ tfa_secret: sealed('A'.repeat(size)) })],
  [
    'the URL of a proxy',
    LONG,
    (size) => payload({ proxy_setting: 'custom', proxy_value: sealed(`http://${'a'.repeat(size)}`) }),
  ],
  [
    'a user',
    LONG,
    (size) => [
      payload({ permissioned_user_id: 'x'.repeat(size) }),
      payload({ permissioned_user_id: 'x'.repeat(size) }),
    ],
  ],
  ['the path of a domain', LONG, (size) => payload({ domain: `https://a.example/${'a'.repeat(size)}` })],
  ['the slashes of a domain', LONG, (size) => payload({ domain: `https://a.example/${'/'.repeat(size)}` })],
  ['slashes for a domain', LONG, (size) => payload({ domain: '/'.repeat(size) })],
  ['the host of a domain', LONG, (size) => payload({ domain: `https://${'a.'.repeat(size)}` })],
  ['an IP address of digits', LONG, (size) => payload({ ip_address: '1'.repeat(size) })],
  ['an IP address of colons', LONG, (size) => payload({ ip_address: ':'.repeat(size) })],
  ['an interval', LONG, (size) => payload({ expiry_time_from_last_use: '1 day '.repeat(size) })],
  ['a name', LONG, (size) => payload({ ['password'.repeat(size)]: 1 })],
];

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

/** In milliseconds of the processor: what else the machine does takes none of them. */
function timeOf(given: unknown): number {
  const start = process.cpuUsage();
  preflight(given, { keys: KEY });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe('four times as much takes about four times as long, and not sixteen times:', () => {
  // On a busy machine one of many measurements may go wrong; a time that is not linear goes wrong each time.
  it.each(growing)('%s', { retry: 3 }, (_, size, make) => {
    const [little, much] = [make(size), make(4 * size)];
    const times = Array.from({ length: 5 }, () => [timeOf(little), timeOf(much)] as const);
    // A millisecond is nothing to compare with.
    const least = Math.max(1, median(times.map(([time]) => time)));
    expect(median(times.map(([, time]) => time)) / least).toBeLessThan(10);
  });
});

describe.each([rounds(5_000_000, 50_000_000)])('%i characters', (HUGE) => {
  it.each<[what: string, make: () => object, rules: string[]]>([
    ['of a plain credential', () => ({ password: 'x'.repeat(HUGE) }), ['credential/plaintext']],
    ['of white space', () => ({ password: ' '.repeat(HUGE) }), ['credential/plaintext']],
    ['of hex', () => ({ password: 'a'.repeat(HUGE) }), ['credential/wrong-key-or-changed']],
    ['of hex, cut off', () => ({ password: 'a'.repeat(HUGE + 1) }), ['credential/malformed']],
    ['of a sealed credential', () => ({ password: sealed('x'.repeat(HUGE / 2)) }), []],
    ['of a name', () => ({ ['x'.repeat(HUGE)]: 'x' }), ['payload/unknown-field']],
    ['of a setting', () => ({ user_alias: 'x'.repeat(HUGE) }), []],
    ['of a setting of the wrong type', () => ({ tfa_method: 'x'.repeat(HUGE) }), ['setting/type']],
    ['in storage', () => ({ local_storage: { a: 'x'.repeat(HUGE) } }), []],
    ['of a domain', () => ({ domain: `https://${'/'.repeat(HUGE)}` }), ['setting/domain']],
    [
      'of the path of a domain',
      () => ({ domain: `https://a.example/${'x'.repeat(HUGE)}` }),
      ['setting/domain-form'],
    ],
    ['of an interval', () => ({ expiry_time_from_last_use: ' '.repeat(HUGE) }), ['setting/interval']],
  ])('%s get their findings, and none shows more than its length', (_, make, rules) => {
    const { findings } = preflight(payload(make()), { keys: KEY });
    expect(findings.map(({ rule }) => rule)).toEqual(rules);
    for (const { path, message } of findings) expect(path.length + message.length).toBeLessThan(400);
  });
});
