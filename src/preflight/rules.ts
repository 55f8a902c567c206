import type { RuleId } from '../errors.js';

/** A rule's weight, and what to do where it is broken. */
export interface Rule {
  /** An error keeps a payload from being sent; a warning is worth a look. */
  readonly severity: 'error' | 'warning';
  readonly hint: string;
}

const error = (hint: string): Rule => ({ severity: 'error', hint });
const warning = (hint: string): Rule => ({ severity: 'warning', hint });

/** Every rule. The comment of each is its line in the reference. */
export const rules: Record<RuleId, Rule> = {
  /** The payload, or an element of the array, is no object, or cannot be read. */
  'payload/not-an-object': error('Give an entry as an object, or several in an array.'),
  /** A field that the API does not know, misspelt perhaps: it would be sent as it is, in plain text. */
  'payload/unknown-field': error('Correct the name, or leave the field out.'),
  /** `permissioned_user_id` or `domain` is not there. */
  'payload/missing-field': error('Add the field: it names the entry.'),
  /** A field that only the vault sets. */
  'payload/read-only-field': error('Leave the field out: toUpdate does, for an opened entry.'),
  /** An update that names an entry and changes nothing. */
  'payload/nothing-to-update': error('Add what is to change.'),
  /** A credential that is not sealed. */
  'credential/plaintext': error('Seal it with sealEntry. If it has been sent or logged, change it.'),
  /** A credential that was sealed and is damaged: cut off, or with white space or something else in it. */
  'credential/malformed': error('Send what sealEntry gave, whole and as it is.'),
  /** No key at hand opens it: another key, or a changed value; GCM cannot tell which. */
  'credential/wrong-key-or-changed': error(
    'Compare fingerprints (credseal key show), then seal it again from its source.',
  ),
  /** It opens under a previous key of the ring, and not under the current one. */
  'credential/previous-key': warning('Seal it again under the current key.'),
  /** It opens, and what is inside is not the JSON text of a string. */
  'credential/not-json-string': error('Seal it with sealEntry, which serialises it first.'),
  /** The credential is the empty text, sealed or not. */
  'credential/empty': error('Leave the field out, or on update set it to null.'),
  /** What is inside is a sealed value itself: the hex text would be used as the credential. */
  'credential/sealed-twice': error('Open it once, and send what comes out.'),
  /** White space at the start or end of a credential, often from copy and paste. */
  'credential/surrounding-space': warning('If the space does not belong to it, seal it again without.'),
  /** Two different values under one IV: whoever has both learns about them, and can forge others. */
  'credential/iv-reused': error(
    'Find what seals with a fixed IV, rotate the key, and seal everything again.',
  ),
  /** The same sealed value in two places. The format binds a value to no entry, so that a copy opens anywhere. */
  'credential/copied': error('Seal each credential by itself.'),
  /** The TOTP secret is none that the vault reads: not canonical base32, a URI, a code. */
  'totp/format': error('Seal it with sealEntry, which checks it and brings it into canonical form.'),
  /** The TOTP secret is shorter than the 128 bits of RFC 4226. Some sites issue such. */
  'totp/short': warning('Ask the site for a longer secret, if it offers one.'),
  /** `tfa_method` is `AUTHENTICATOR`, and there is no `tfa_secret`. */
  'totp/missing-secret': error('Add tfa_secret, or choose another tfa_method.'),
  /** A `tfa_secret` beside a `tfa_method` that does not use it. */
  'totp/unused-secret': warning('Set tfa_method to AUTHENTICATOR, or leave tfa_secret out.'),
  /** A setting of the wrong type, or a word that is none of those allowed. */
  'setting/type': error('See the table of fields in the README.'),
  /** An interval that PostgreSQL does not read, or that is not finite and positive. */
  'setting/interval': error('Write it like "01:30:00" or "7 days 00:00:00".'),
  /** A `domain` that is no absolute http(s) URL, carries user info, or is `localhost`. */
  'setting/domain': error('Write it like "https://example.com".'),
  /** A `domain` with a path, query, trailing slash or upper case, which the vault matches exactly. */
  'setting/domain-form': warning(
    'The vault matches it exactly: an origin such as "https://example.com" is safest.',
  ),
  /** No IPv4 or IPv6 address. */
  'setting/ip-address': error('Write it like "203.0.113.7" or "2001:db8::7".'),
  /** `max_concurrency` below 1, or without `allow_multiple_sessions: true`. */
  'setting/concurrency': error('Set allow_multiple_sessions to true, or leave max_concurrency out.'),
  /** `proxy_value` without `proxy_setting`, or not of the form that it asks for. */
  'setting/proxy': error('country: two letters; static: an IP address; custom: a sealed proxy URL.'),
  /** Half a secret provider, or a provider and credentials at once. */
  'setting/provider': error(
    'Give secret_provider_id and secret_ref and no credentials, or credentials alone.',
  ),
  /** The same `permissioned_user_id` and `domain` twice in one batch. */
  'batch/duplicate-entry': error('Keep one of them.'),
};
