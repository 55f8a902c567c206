import { KEY, plaintextOf } from './sealing.js';

/** An entry in plain text, as somebody writes it. */
export const ENTRY = {
  permissioned_user_id: 'user-1',
  domain: 'https://example.com',
  user_name: 'ada@example.com',
  password: 'it\'s "hunter2" — naïve 🔑\n',
  tfa_secret: 'jbsw y3dp ehpk 3pxp',
  tfa_method: 'AUTHENTICATOR',
  user_alias: "Ada's $(touch alias) `id` \\ %20 ü",
};

/** What is sealed in it, as the vault reads it. */
export const CREDENTIALS = {
  user_name: ENTRY.user_name,
  password: ENTRY.password,
  tfa_secret: 'JBSWY3DPEHPK3PXP',
};

/** The entry without credentials: what travels as it is. */
export const SETTINGS = {
  permissioned_user_id: ENTRY.permissioned_user_id,
  domain: ENTRY.domain,
  tfa_method: ENTRY.tfa_method,
  user_alias: ENTRY.user_alias,
};

/** Another one, of a single credential. */
export const second = { permissioned_user_id: 'user-2', domain: 'https://example.com', password: 'two' };

/** A payload taken apart: its credentials opened, the rest as it is. */
export function unsealed(payload: Record<string, unknown>, key = KEY) {
  const credentials: Record<string, unknown> = {};
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(payload)) {
    if (name in CREDENTIALS) {
      credentials[name] = typeof value === 'string' ? JSON.parse(plaintextOf(value, key)) : value;
    } else settings[name] = value;
  }
  return { credentials, settings };
}

/** Every value of an object in which nothing may be left in plain text: no credential is part of it. */
export const plainCredentials = [ENTRY.user_name, 'hunter2', 'JBSWY3DPEHPK3PXP', 'jbsw', '"two"'];
