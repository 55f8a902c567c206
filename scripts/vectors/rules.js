import { is, object } from './document.js';

// The rules that entries and payloads are held to: their weight, and the bug that each stands for.

const error = (bugType, description, effect) => ({
  severity: 'error',
  note: { bugType, description, ...(effect && { effect }) },
});
const warning = (bugType, description, effect) => ({
  ...error(bugType, description, effect),
  severity: 'warning',
});

export const rules = {
  'payload/not-an-object': error('EDGE_CASE', 'Not an object: text, null, an array in an array.'),
  'payload/unknown-field': error(
    'KNOWN_BUG',
    'A field that the API does not know, such as "passwrod". The published clients send it.',
    'A misspelt credential travels in plain text.',
  ),
  'payload/missing-field': error('FUNCTIONALITY', 'permissioned_user_id or domain is not there.'),
  'payload/read-only-field': error(
    'FUNCTIONALITY',
    'A field that only the vault sets, as in an answer that is written back.',
  ),
  'payload/nothing-to-update': error(
    'FUNCTIONALITY',
    'An update that names an entry and changes nothing of it.',
  ),
  'credential/plaintext': error(
    'KNOWN_BUG',
    'A credential that is not sealed. The command line of the published clients sends whatever a file holds.',
    'The credential travels in plain text.',
  ),
  'credential/malformed': error(
    'MODIFIED_PARAMETER',
    'A credential that was sealed and is damaged: cut off, or with something in it that is no hex digit.',
  ),
  'credential/wrong-key-or-changed': error(
    'MODIFIED_PARAMETER',
    'A sealed value that does not open.',
    'The vault refuses it, or keeps a credential that nobody can read.',
  ),
  'credential/previous-key': warning('FUNCTIONALITY', 'A value under a previous key of the ring.'),
  'credential/not-json-string': error(
    'KNOWN_BUG',
    'It opens, and what is inside is not the JSON text of a string. The vault refuses it with 401.',
  ),
  'credential/empty': error('FUNCTIONALITY', 'A credential that is the empty text, sealed or not.'),
  'credential/sealed-twice': error(
    'KNOWN_BUG',
    'A sealed value inside a sealed value, or given as the plain one. All published clients make them.',
    'The hex text is used as the credential.',
  ),
  'credential/surrounding-space': warning(
    'FUNCTIONALITY',
    'White space at the ends of a credential, often from copy and paste.',
  ),
  'credential/iv-reused': error(
    'WEAK_PARAMS',
    'Two values under one IV.',
    'Whoever has both learns about them, and can forge others.',
  ),
  'credential/copied': error(
    'AUTH_BYPASS',
    'The same sealed value in two places: the format binds a value to no entry.',
  ),
  'totp/format': error(
    'KNOWN_BUG',
    'A TOTP secret that the vault does not read: typing errors, a code, a URI, other settings than SHA1, 6 digits, 30 s; in a payload, whatever is not canonical. The published clients send all of it.',
    'Every code is wrong.',
  ),
  'totp/not-canonical': warning(
    'FUNCTIONALITY',
    'A TOTP secret whose bits behind the last byte are not zero: some readers refuse it, and one makes other codes of it.',
  ),
  'totp/short': warning('WEAK_PARAMS', 'A TOTP secret of less than the 128 bits of RFC 4226.'),
  'totp/missing-secret': error('FUNCTIONALITY', 'tfa_method is AUTHENTICATOR, and there is no tfa_secret.'),
  'totp/unused-secret': warning('FUNCTIONALITY', 'A tfa_secret beside a tfa_method that does not use it.'),
  'setting/type': error(
    'KNOWN_BUG',
    'A setting of the wrong type, or a word that is none of those allowed. The published clients send tfa_method "banana".',
  ),
  'setting/interval': error(
    'KNOWN_BUG',
    'An interval that not all of PostgreSQL 15 to 18 read, or that is zero or negative.',
  ),
  'setting/domain': error(
    'KNOWN_BUG',
    'A domain that is no absolute http(s) URL, carries user info, or is localhost.',
  ),
  'setting/domain-form': warning(
    'FUNCTIONALITY',
    'A domain with path, query, trailing slash or upper case, which the vault matches exactly.',
  ),
  'setting/ip-address': error('KNOWN_BUG', 'Not an IPv4 or IPv6 address.'),
  'setting/concurrency': error(
    'KNOWN_BUG',
    'max_concurrency below 1, or without allow_multiple_sessions: true.',
  ),
  'setting/proxy': error(
    'FUNCTIONALITY',
    'proxy_value without proxy_setting, or not of the form that it asks for.',
    'A proxy URL, perhaps with a password in it, travels in plain text.',
  ),
  'setting/provider': error(
    'FUNCTIONALITY',
    'Half a secret provider, or a provider and credentials at once.',
  ),
  'batch/duplicate-entry': error(
    'FUNCTIONALITY',
    'The same permissioned_user_id and domain twice in one batch.',
  ),
};

/** The notes of some rules. */
export const notesOf = (ids) => Object.fromEntries(ids.map((id) => [id, rules[id].note]));

/** The schema of what is wrong with an entry, by these rules. */
export const issuesOf = (ids) => ({
  type: 'array',
  minItems: 1,
  items: object({ path: is.text, rule: { enum: ids } }),
});

/** Faults, each written as `path: rule`, as issues. */
export const issuesFrom = (faults) =>
  faults.map((fault) => {
    const [path, rule] = fault.split(': ');
    return { path, rule };
  });
