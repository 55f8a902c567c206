import { dateOf, momentOf, type SkipReason } from './login.js';

/**
 * A CSV export: which columns become what. Columns are matched by name, in any order. What is not named here does not
 * travel.
 */
export interface CsvFormat {
  readonly url: ColumnRole;
  readonly username: ColumnRole;
  readonly password: ColumnRole;
  readonly totp?: ColumnRole;
  readonly title?: ColumnRole;
  readonly changed?: { readonly column: string; readonly read: (text: string) => number | undefined };
  /** What stands between several addresses in one column. */
  readonly urlSeparator?: string;
  /** Rows that are no credentials of a web site: the first that fits gives the reason. */
  readonly skip?: readonly SkipRule[];
  /** Columns that the product writes too, and that stay behind: they only help to know the file. */
  readonly leftBehind: readonly string[];
  /** Without at least one of these columns the file is some other. By default the others tell enough. */
  readonly knownBy?: readonly string[];
  /** Its name in the ZIP archive that the product gives. */
  readonly inArchive?: string;
}

/** One column, or several of which the first that is not empty counts. The first one has to be there. */
export type ColumnRole = string | readonly [string, ...string[]];

/** Passes a row over: where the column has this value, any other than this, or one like this; all in lower case. */
interface SkipRule {
  readonly column: string;
  readonly is?: string;
  readonly isNot?: string;
  readonly matches?: RegExp;
  readonly reason: SkipReason;
}

/** Chrome, Edge, Brave. A row for each affiliated domain, apps (android://) among them; each web domain is an entry. */
const chrome: CsvFormat = {
  url: 'url',
  username: 'username',
  password: 'password',
  title: 'name',
  leftBehind: ['note'],
  knownBy: ['name'],
};

/** Firefox. It has a row of its own account, chrome://FirefoxAccounts. */
const firefox: CsvFormat = {
  url: 'url',
  username: 'username',
  password: 'password',
  changed: { column: 'timePasswordChanged', read: (text) => momentOf(text, 'ms') },
  leftBehind: ['httpRealm', 'formActionOrigin', 'guid', 'timeCreated', 'timeLastUsed'],
  knownBy: ['httpRealm', 'formActionOrigin', 'guid', 'timePasswordChanged'],
};

/** Safari and Passwords. Early versions of Safari wrote "Url", as 1Password does. */
const apple: CsvFormat = {
  url: ['URL', 'Url'],
  username: 'Username',
  password: 'Password',
  totp: 'OTPAuth',
  title: 'Title',
  leftBehind: ['Notes'],
  knownBy: ['Title'],
};

const onePassword: CsvFormat = {
  url: 'Url',
  username: 'Username',
  password: 'Password',
  totp: 'OTPAuth',
  title: 'Title',
  skip: [{ column: 'Archived', is: 'true', reason: 'archived' }],
  leftBehind: ['Favorite', 'Tags', 'Notes'],
  knownBy: ['Title'],
};

/** Bitwarden. An organisation's export has `collections` in place of `folder` and `favorite`. */
const bitwarden: CsvFormat = {
  url: 'login_uri',
  urlSeparator: ',',
  username: 'login_username',
  password: 'login_password',
  totp: 'login_totp',
  title: 'name',
  skip: [
    { column: 'type', is: 'note', reason: 'secure note' },
    { column: 'type', isNot: 'login', reason: 'not a login' },
  ],
  leftBehind: ['folder', 'favorite', 'collections', 'notes', 'fields', 'reprompt'],
};

/** LastPass. Secure notes have the address http://sn, empty folders http://group. */
const lastpass: CsvFormat = {
  url: 'url',
  username: 'username',
  password: 'password',
  totp: 'totp',
  title: 'name',
  skip: [
    { column: 'url', is: 'http://sn', reason: 'secure note' },
    { column: 'url', is: 'http://group', reason: 'not a login' },
  ],
  leftBehind: ['extra', 'grouping', 'fav'],
  knownBy: ['extra', 'grouping', 'fav'],
};

/**
 * KeePassXC. `Group` is the path of the group, from the root group, which may have any name. The recycle bin is one of
 * the groups beneath, and known by its name alone, which is that of the language it was made in.
 */
const keepassxc: CsvFormat = {
  url: 'URL',
  username: 'Username',
  password: 'Password',
  totp: 'TOTP',
  title: 'Title',
  changed: { column: 'Last Modified', read: dateOf },
  skip: [{ column: 'Group', matches: /^[^/]*\/recycle bin(\/|$)/, reason: 'deleted' }],
  leftBehind: ['Notes', 'Icon', 'Created'],
  knownBy: ['Group', 'Icon', 'Last Modified', 'Created'],
};

/** Proton Pass. The user name may be empty and stand in `email`; several addresses are joined by commas. */
const protonpass: CsvFormat = {
  url: ['url', 'autofillUrls'],
  urlSeparator: ',',
  username: ['username', 'email'],
  password: 'password',
  totp: 'totp',
  title: 'name',
  changed: { column: 'modifyTime', read: (text) => momentOf(text, 's') },
  skip: [
    { column: 'type', is: 'note', reason: 'secure note' },
    { column: 'type', isNot: 'login', reason: 'not a login' },
  ],
  leftBehind: ['note', 'createTime', 'vault'],
  knownBy: ['type', 'vault', 'modifyTime'],
};

const dashlane: CsvFormat = {
  url: 'url',
  username: ['username', 'username2', 'username3'],
  password: 'password',
  totp: ['otpUrl', 'otpSecret'],
  title: 'title',
  leftBehind: ['note', 'category'],
  knownBy: ['username2', 'otpSecret', 'otpUrl', 'category', 'title'],
  inArchive: 'credentials.csv',
};

/** The CSV exports that are known, by the names of `from`. */
export const csvFormats = {
  chrome,
  firefox,
  apple,
  '1password': onePassword,
  bitwarden,
  lastpass,
  keepassxc,
  protonpass,
  dashlane,
} as const satisfies Record<string, CsvFormat>;

export type CsvFormatName = keyof typeof csvFormats;
