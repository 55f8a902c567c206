import type { Issue } from '../errors.js';

/** Every text of a form, in English. `messages` of the element replaces those that it has. */
export const english = {
  title: 'Sign-in details',
  permissioned_user_id: 'User ID',
  domain: 'Address of the site',
  user_name: 'User name',
  password: 'Password',
  tfa_secret: 'Authenticator secret (TOTP)',
  user_alias: 'Name for this account',
  persist_session_storage: 'Keep session storage',
  persist_local_storage: 'Keep local storage',
  persist_cookies: 'Keep cookies',
  allow_multiple_sessions: 'Allow several sessions',
  prevent_concurrency_during_login: 'One sign-in at a time',
  optional: '(optional)',
  show: 'Show',
  hide: 'Hide',
  capsLock: 'Caps Lock is on.',
  code: 'Code now:',
  secondsLeft: 's left. It has to be the one in your authenticator.',
  seal: 'Seal',
  again: 'Enter another',
  sendAgain: 'Send again',
  key: 'Sealed in this page, for key',
  sealing: 'Sealing…',
  sealed: 'Sealed. The fields are empty.',
  sent: 'Sealed and sent. The fields are empty.',
  unsent: 'Sealed, but the server did not take it. The fields are empty; you can send it again.',
  missing: 'Fill this in.',
  unfinished: 'Not sealed yet: see above.',
  insecure: 'This page is not secure (https), so nothing can be typed here.',
  noKey: 'There is no usable key to seal for, so nothing can be typed here.',
  privateKey: 'This page gives away a private key. Tell its owner; nothing can be typed here.',
  badSetting: 'This form is set up wrongly, so nothing can be typed here.',
  expired: 'This form has expired. Ask for a new one.',
  /** What is said of a value that is refused; by default the message of the issue. */
  problem: ({ message }: Issue): string => message,
};

/** The texts of a form. */
export type FormMessages = typeof english;
