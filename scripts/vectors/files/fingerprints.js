import { hkdfSync } from 'node:crypto';
import { invalid, is, valid } from '../document.js';
import { KEY, OTHER_KEY, THIRD_KEY } from '../sealing.js';

/** RFC 5869 by node:crypto: SHA-256, no salt, 8 bytes. */
function fingerprintOf(hex) {
  const bytes = hkdfSync('sha256', Buffer.from(hex, 'hex'), '', 'credseal/v1/key-fingerprint', 8);
  return Buffer.from(bytes).toString('hex');
}

const fingerprint = (comment, flags, hex) => valid(comment, flags, { hex, fingerprint: fingerprintOf(hex) });
const refused = (comment, hex) => invalid(comment, 'MalformedKey', 'ERR_KEY_FORMAT', { hex });

function flipped(byte) {
  const bytes = Buffer.from(KEY, 'hex');
  bytes[byte] ^= 1;
  return bytes.toString('hex');
}

const tests = [
  fingerprint('the key of the specification', 'Derivation', KEY),
  fingerprint('another key', 'Derivation', OTHER_KEY),
  fingerprint('a key without pattern', 'Derivation', THIRD_KEY),
  fingerprint('all zeros', 'Derivation', '00'.repeat(32)),
  fingerprint('all ones', 'Derivation', 'ff'.repeat(32)),
  fingerprint('the key of the specification in upper case', 'HexCase', KEY.toUpperCase()),
  fingerprint(
    'a key in both cases',
    'HexCase',
    THIRD_KEY.replaceAll(/[a-c]/g, (digit) => digit.toUpperCase()),
  ),
  ...[0, 1, 7, 8, 15, 16, 24, 31].map((byte) =>
    fingerprint(`one bit of byte ${byte} is another`, 'EveryByte', flipped(byte)),
  ),
  refused('nothing', ''),
  refused('63 digits', KEY.slice(1)),
  refused('65 digits', `${KEY}0`),
  refused('32 digits', KEY.slice(0, 32)),
  refused('128 digits', KEY + KEY),
  refused('a line break behind it', `${KEY}\n`),
  refused('a space before it', ` ${KEY}`),
  refused('a space in place of a digit', ` ${KEY.slice(1)}`),
  refused('zz behind it', `${KEY}zz`),
  refused('z in place of a digit', `z${KEY.slice(1)}`),
  refused('0x before it', `0x${KEY}`),
  refused('a fullwidth digit', KEY.replace('0', '\uff10')),
  refused('base64', Buffer.from(KEY, 'hex').toString('base64')),
  refused('its own fingerprint', fingerprintOf(KEY)),
  refused('null', null),
  refused('an array of bytes', [...Buffer.from(KEY, 'hex')]),
];

export default () => ({
  algorithm: 'HKDF-SHA-256',
  header: [
    'Fingerprints of keys: HKDF-SHA-256 (RFC 5869) over the 32 bytes of the key, no salt, info "credseal/v1/key-fingerprint", 8 bytes, in lower-case hex.',
    'A malformed key has none: it is refused with ERR_KEY_FORMAT.',
  ],
  notes: {
    Derivation: {
      bugType: 'BASIC',
      description: 'The fingerprint of a key.',
      effect: 'Two implementations that differ say of the same key that it is another one.',
    },
    HexCase: {
      bugType: 'FUNCTIONALITY',
      description:
        'The fingerprint is of the bytes of the key, not of its text: either case of hex gives the same.',
    },
    EveryByte: { bugType: 'FUNCTIONALITY', description: 'Every byte of the key counts.' },
    MalformedKey: {
      bugType: 'MISSING_STEP',
      description: 'A key that would be refused for sealing has no fingerprint.',
      effect: 'A fingerprint says that a key is good, and the key is not.',
    },
  },
  types: {
    Fingerprint: {
      methods: ['fingerprint'],
      given: { hex: is.text },
      expected: { fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$' } },
    },
  },
  groups: [{ type: 'Fingerprint', tests }],
});
