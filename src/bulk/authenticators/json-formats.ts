/** A member of a JSON value, by the names on the way to it: `info.secret`. The empty path is the value itself. */
type Path = string;

/** The export of an authenticator in JSON: data, and no code. */
export interface AuthenticatorFormat {
  readonly name: string;
  /** The list of accounts. */
  readonly accounts: Path;
  /** What the document has beside them. */
  readonly beside?: readonly Path[];
  /** What the document has not, or empty, or false. */
  readonly without?: readonly Path[];
  /** What every account has. */
  readonly each: readonly Path[];
  /** What no account has: it would be an export of something else. */
  readonly none?: readonly Path[];
  /** Where the secret is: base32, a key URI, or bytes as a list of numbers, which may be signed. */
  readonly secret: Path;
  /** The first that is not empty counts. */
  readonly issuer: readonly Path[];
  readonly user: readonly Path[];
  readonly algorithm?: Path;
  readonly digits?: Path;
  readonly period?: Path;
  /** The kind of an account, and what its values mean (in lower case); any other is another kind. */
  readonly type?: { readonly at: Path; readonly means: Readonly<Record<string, 'TOTP' | 'HOTP' | 'Steam'>> };
  /** Names of algorithms, where the export has numbers. */
  readonly algorithms?: Readonly<Record<string, string>>;
}

const TYPES = { totp: 'TOTP', hotp: 'HOTP', steam: 'Steam' } as const;

const aegis: AuthenticatorFormat = {
  name: 'Aegis',
  accounts: 'db.entries',
  beside: ['version', 'header'],
  each: ['type', 'name', 'issuer', 'info'],
  secret: 'info.secret',
  issuer: ['issuer'],
  user: ['name'],
  algorithm: 'info.algo',
  digits: 'info.digits',
  period: 'info.period',
  type: { at: 'type', means: TYPES },
};

/** 2FAS. `otp.link` repeats the rest, or is hidden: it is not read. */
const twoFas: AuthenticatorFormat = {
  name: '2FAS',
  accounts: 'services',
  beside: ['schemaVersion'],
  without: ['servicesEncrypted'],
  each: ['name', 'secret', 'otp'],
  secret: 'secret',
  issuer: ['otp.issuer', 'name'],
  user: ['otp.account', 'otp.label'],
  algorithm: 'otp.algorithm',
  digits: 'otp.digits',
  period: 'otp.period',
  type: { at: 'otp.tokenType', means: TYPES },
};

/** andOTP. Its older versions have no issuer: `label` is then `Issuer:account` or `Issuer - account`. */
const andOtp: AuthenticatorFormat = {
  name: 'andOTP',
  accounts: '',
  each: ['secret', 'label', 'type', 'algorithm', 'digits'],
  secret: 'secret',
  issuer: ['issuer'],
  user: ['label'],
  algorithm: 'algorithm',
  digits: 'digits',
  period: 'period',
  type: { at: 'type', means: TYPES },
};

/** FreeOTP+. `issuerInt` is the parameter of the URI that was scanned, `issuerExt` what stood before its label. */
const freeOtpPlus: AuthenticatorFormat = {
  name: 'FreeOTP+',
  accounts: 'tokens',
  beside: ['tokenOrder'],
  each: ['secret', 'label', 'type', 'algo', 'digits'],
  secret: 'secret',
  issuer: ['issuerInt', 'issuerExt'],
  user: ['label'],
  algorithm: 'algo',
  digits: 'digits',
  period: 'period',
  type: { at: 'type', means: TYPES },
};

const stratum: AuthenticatorFormat = {
  name: 'Stratum',
  accounts: 'Authenticators',
  each: ['Type', 'Issuer', 'Secret', 'Algorithm', 'Digits', 'Period'],
  secret: 'Secret',
  issuer: ['Issuer'],
  user: ['Username'],
  algorithm: 'Algorithm',
  digits: 'Digits',
  period: 'Period',
  type: { at: 'Type', means: { 1: 'HOTP', 2: 'TOTP', 4: 'Steam' } },
  algorithms: { 0: 'SHA1', 1: 'SHA256', 2: 'SHA512' },
};

/** Bitwarden Authenticator: like an export of the vault, without addresses and passwords. */
const bitwardenAuthenticator: AuthenticatorFormat = {
  name: 'Bitwarden Authenticator',
  accounts: 'items',
  beside: ['encrypted'],
  without: ['encrypted'],
  each: ['name', 'login.totp'],
  none: ['login.uris', 'login.password', 'login.fido2Credentials'],
  secret: 'login.totp',
  issuer: ['name'],
  user: ['login.username'],
};

const protonAuthenticator: AuthenticatorFormat = {
  name: 'Proton Authenticator',
  accounts: 'entries',
  beside: ['version'],
  each: ['content.uri', 'content.entry_type'],
  secret: 'content.uri',
  issuer: [],
  user: ['content.name'],
  type: { at: 'content.entry_type', means: TYPES },
};

const lastPassAuthenticator: AuthenticatorFormat = {
  name: 'LastPass Authenticator',
  accounts: 'accounts',
  beside: ['version'],
  each: ['issuerName', 'userName', 'secret', 'timeStep', 'digits', 'algorithm'],
  secret: 'secret',
  issuer: ['issuerName', 'originalIssuerName'],
  user: ['userName', 'originalUserName'],
  algorithm: 'algorithm',
  digits: 'digits',
  period: 'timeStep',
};

/** The exports in JSON that are known. No two have the same shape. */
export const authenticatorFormats: readonly AuthenticatorFormat[] = [
  aegis,
  twoFas,
  andOtp,
  freeOtpPlus,
  stratum,
  bitwardenAuthenticator,
  protonAuthenticator,
  lastPassAuthenticator,
];

/** Documents that hold no accounts which can be read, with what to do instead. The first whose members are there. */
export const refusedDocuments: readonly { readonly has: readonly Path[]; readonly advice: string }[] = [
  {
    has: ['header.slots', 'db'],
    advice:
      'It is an encrypted export of Aegis. Export again without encryption: Settings → Import & Export → Export, and untick "Encrypt the vault".',
  },
  {
    has: ['servicesEncrypted'],
    advice:
      'It is an encrypted export of 2FAS. Export again without a password: Settings → 2FAS Backup → Export.',
  },
  {
    has: ['kdfParams', 'encryptedData', 'encryptionNonce'],
    advice:
      'It is an encrypted export of Ente Auth. Export again: Settings → Data → Export codes → Plain text.',
  },
  {
    has: ['salt', 'content'],
    advice: 'It is an encrypted export of Proton Authenticator. Export again without a password.',
  },
  {
    has: ['encrypted', 'items'],
    advice: 'It looks like the vault of Bitwarden, a password manager: that is a file to import by itself.',
  },
  {
    has: ['encrypted', 'data'],
    advice: 'It is an encrypted export of Bitwarden. Export again with the file format ".json".',
  },
  {
    has: ['accounts'],
    advice:
      'It looks like the export.data of 1Password, a password manager: that is a file to import by itself.',
  },
  {
    has: ['domain'],
    advice: 'It looks like an entry of the vault.',
  },
];
