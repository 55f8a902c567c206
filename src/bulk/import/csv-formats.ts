import type { CsvFormat } from './csv-format.js';
import { dateOf, momentOf } from './login.js';
import { keepassxcBins } from './recycle-bins.js';

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

/** Safari, also in the archive of its browsing data, and Passwords. Early versions wrote "Url", as 1Password does. */
const apple: CsvFormat = {
  url: ['URL', 'Url'],
  username: 'Username',
  password: 'Password',
  totp: 'OTPAuth',
  title: 'Title',
  leftBehind: ['Notes'],
  knownBy: ['Title'],
  inArchive: 'Passwords.csv',
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

/**
 * 1Password 7, whose files have a column for every field that there is. That for Windows has its names in capitals, and
 * no `Type`; that for Mac puts a backslash before quotation marks. One-time passwords are in columns such as
 * `one-time password(TOTP_…)` and `SECTION_… 1: ONE-TIME PASSWORD`.
 */
const onePassword7: CsvFormat = {
  url: ['URL', 'URLS'],
  username: ['Username', 'username(username)'],
  password: ['Password', 'password(password)'],
  totp: ['OTPAuth', /one-time password/i],
  title: 'Title',
  skip: [
    { column: 'Type', is: 'secure note', reason: 'secure note' },
    { column: 'Type', isNone: ['', 'login', 'password'], reason: 'not a login' },
  ],
  backslash: 'where it shows',
  leftBehind: ['Notes', 'tags', 'Tags', 'Scope', 'Created Date', 'Modified Date', 'UUID', 'AUTOSUBMIT'],
  knownBy: ['Type', 'Scope', 'UUID', 'AUTOSUBMIT'],
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
    { column: 'type', isNone: ['login'], reason: 'not a login' },
    { column: 'archivedDate', isFilled: true, reason: 'archived' },
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

/** KeePassXC, and `keepassxc-cli export --format csv`. `Group` is the path of the group, from the root group on. */
const keepassxc: CsvFormat = {
  url: 'URL',
  username: 'Username',
  password: 'Password',
  totp: 'TOTP',
  title: 'Title',
  changed: { column: 'Last Modified', read: dateOf },
  bin: { column: 'Group', names: keepassxcBins },
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
    { column: 'type', isNone: ['login'], reason: 'not a login' },
  ],
  leftBehind: ['note', 'createTime', 'vault'],
  // Not by its type: others have one, and call their logins otherwise.
  knownBy: ['autofillUrls', 'createTime', 'modifyTime', 'vault'],
};

const dashlane: CsvFormat = {
  url: 'url',
  username: ['username', 'username2', 'username3'],
  password: 'password',
  totp: ['otpUrl', 'otpSecret', 'otp'],
  noTotp: 'null',
  title: 'title',
  leftBehind: ['note', 'category'],
  knownBy: ['username2', 'otpSecret', 'otpUrl', 'category', 'title'],
  inArchive: 'credentials.csv',
};

/** NordPass. Its older files have no `type`. */
const nordpass: CsvFormat = {
  url: 'url',
  furtherUrls: 'additional_urls',
  username: 'username',
  password: 'password',
  title: 'name',
  skip: [
    { column: 'type', is: 'note', reason: 'secure note' },
    { column: 'type', isNone: ['', 'password'], reason: 'not a login' },
  ],
  leftBehind: [
    ...['note', 'cardholdername', 'cardnumber', 'cvc', 'pin', 'expirydate', 'zipcode', 'folder', 'full_name'],
    ...['phone_number', 'email', 'address1', 'address2', 'city', 'country', 'state', 'custom_fields'],
  ],
  knownBy: ['additional_urls', 'cardholdername', 'cardnumber', 'expirydate'],
};

/**
 * RoboForm. Behind the last column of the header there are as many cells as an item has fields: `TOTP KEY$,,,txt,…`, or
 * `TOTP KEY$:txt:…` in its older files. Values that begin with @ or an apostrophe have another apostrophe before them.
 */
const roboform: CsvFormat = {
  url: ['Url', 'MatchUrl'],
  username: 'Login',
  password: 'Pwd',
  title: 'Name',
  shield: /^'(?=['@])/,
  surplus: (cells) =>
    cells.flatMap((cell) => /^TOTP KEY\$(?:(?:,[^,]*){2},txt,|:txt:)(.*)$/s.exec(cell)?.[1] ?? []),
  leftBehind: ['Note', 'Folder', 'RfFieldsV2', 'Rf_fields'],
};

/** KeePass 1.x, and "KeePass CSV (1.x)" of KeePass 2. */
const keepass1: CsvFormat = {
  url: 'Web Site',
  username: 'Login Name',
  password: 'Password',
  title: 'Account',
  backslash: 'always',
  leftBehind: ['Comments'],
};

/** Keeper, which writes no header. Behind the columns come names and values of further fields, in turns. */
const keeper: CsvFormat = {
  url: 'URL',
  username: 'Login',
  password: 'Password',
  title: 'Title',
  headerless: ['Folder', 'Title', 'Login', 'Password', 'URL', 'Notes', 'Shared Folder'],
  surplus: (cells) =>
    cells.filter(
      (_, at) => at > 0 && at % 2 === 0 && /^TFC:Keeper$|^\$?oneTimeCode\b/.test(cells[at - 1] ?? ''),
    ),
  leftBehind: ['Folder', 'Notes', 'Shared Folder'],
  knownBy: ['Shared Folder'],
};

/** The CSV exports that are known, by the names of `from`. */
export const csvFormats = {
  chrome,
  firefox,
  apple,
  '1password': onePassword,
  '1password7': onePassword7,
  bitwarden,
  lastpass,
  keepassxc,
  protonpass,
  dashlane,
  nordpass,
  roboform,
  keepass1,
  keeper,
} as const satisfies Record<string, CsvFormat>;

export type CsvFormatName = keyof typeof csvFormats;
