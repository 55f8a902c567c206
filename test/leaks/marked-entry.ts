import { fieldEntries } from '../../src/entry/fields.js';
import { type SealedEntry, sealEntry, type VaultEntry, VaultKey } from '../../src/index.js';
import { MARKED_KEY, MARKER, OLD_MARKED_KEY } from './marker.js';

export const API_KEY = `sk_${MARKER}`;

/** An entry of every field that can be together, with the marker wherever text can be. */
export const fullEntry = (): VaultEntry => ({
  permissioned_user_id: MARKER,
  domain: `https://${MARKER}.example`,
  user_name: `${MARKER}@example.com`,
  password: MARKER,
  tfa_secret: MARKER,
  tfa_method: 'AUTHENTICATOR',
  user_alias: MARKER,
  persist_session_storage: true,
  persist_local_storage: null,
  persist_cookies: false,
  allow_multiple_sessions: true,
  max_concurrency: 2,
  prevent_concurrency_during_login: true,
  expiry_time_from_last_use: '01:30:00',
  expiry_time_from_session_data_set: { days: 7, hours: 1 },
  proxy: { enable: true, target_ip: '203.0.113.7' },
  proxy_setting: 'custom',
  proxy_value: `socks5://ada:${MARKER}@proxy.example:1080`,
  cookies: [{ name: MARKER, value: MARKER, domain: MARKER, path: '/', expirationDate: 1.5, sameSite: null }],
  session_storage: { token: MARKER, more: [MARKER] },
  local_storage: { [MARKER]: { token: MARKER } },
  cookie_domain_to_store: MARKER,
  skip_csrf_cookies: true,
  headers: [{ name: 'authorization', value: `Bearer ${MARKER}` }],
  user_agent: MARKER,
  location: MARKER,
  ip_address: '2001:db8::7',
});

/** The same as the vault gets it. */
export const sealedEntry = (): SealedEntry => sealEntry(fullEntry(), VaultKey.fromHex(MARKED_KEY));

/** The same as the vault answers it, sealed under the previous key, with what only the vault sets. */
export const storedEntry = () => ({
  ...sealEntry(fullEntry(), VaultKey.fromHex(OLD_MARKED_KEY)),
  id: MARKER,
  tfa_email: `info+${MARKER}@cloudcruise.com`,
  proxy_string: `http://${MARKER}@proxy.example`,
  later_field: { token: MARKER },
});

/** The name of every field there is. */
export const fieldNames: readonly string[] = fieldEntries.map(([name]) => name);
