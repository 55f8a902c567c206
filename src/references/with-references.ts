import type { Reference } from '../entry/reference.js';

/** The fields that are sealed, and may be kept elsewhere. */
type Credential = 'user_name' | 'password' | 'tfa_secret' | 'proxy_value';

/** An entry in which references may stand for credentials. It is none that could be sealed. */
export type WithReferences<Entry> = Entry extends unknown
  ? { [Name in keyof Entry]: Name extends Credential ? Entry[Name] | Reference : Entry[Name] }
  : never;
