// Manifests by node:crypto alone, and from the words of vectors/README.md: nothing here comes from src.
import { createHmac, hkdfSync } from 'node:crypto';
import { KEY } from './sealing.js';

/** What a manifest binds to the names of an entry, and the credentials among it. */
const BOUND = [
  'headers',
  'password',
  'proxy',
  'proxy_setting',
  'proxy_value',
  'secret_cache_ttl_seconds',
  'secret_provider_id',
  'secret_ref',
  'tfa_method',
  'tfa_secret',
  'user_name',
];
const SEALED = ['password', 'proxy_value', 'tfa_secret', 'user_name'];

const bytes = (hex) => Buffer.from(hex, 'hex');
export const fingerprintOf = (key) =>
  Buffer.from(hkdfSync('sha256', bytes(key), '', 'credseal/v1/key-fingerprint', 8)).toString('hex');

/** HMAC-SHA-256 over texts, each behind its length. */
export function macOf(texts, key = KEY) {
  const hmac = createHmac(
    'sha256',
    Buffer.from(hkdfSync('sha256', bytes(key), '', 'credseal/v1/manifest', 32)),
  );
  for (const text of texts) {
    const encoded = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(encoded.length);
    hmac.update(length).update(encoded);
  }
  return hmac.digest('hex');
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

/** The line of an entry. */
export function lineOf(entry, key = KEY) {
  const { permissioned_user_id, domain } = entry;
  const texts = ['credseal/v1/manifest/entry', JSON.stringify(permissioned_user_id), JSON.stringify(domain)];
  for (const name of BOUND.filter((each) => entry[each] !== undefined && entry[each] !== null)) {
    const isHex = SEALED.includes(name) && /^[0-9a-f]{60,}$/i.test(entry[name]);
    texts.push(name, canonical(isHex ? entry[name].toLowerCase() : entry[name]));
  }
  return JSON.stringify({ permissioned_user_id, domain, mac: macOf(texts, key) });
}

/** A manifest from its lines, and the members of the last one. */
export function manifestOf(lines, { key = KEY, version = 1, entries = lines.length, at, ...members }) {
  const end = { version, entries, at, ...members, key: fingerprintOf(key) };
  const mac = macOf(['credseal/v1/manifest/end', ...lines, JSON.stringify(end)], key);
  return [...lines, JSON.stringify({ ...end, mac }), ''].join('\n');
}

/** The lines of entries in their order. */
export const linesOf = (entries, key) =>
  entries
    .map((entry) => lineOf(entry, key))
    .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
