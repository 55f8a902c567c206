import { inspectAsString } from '../inspection.js';
import { optionsProblem } from '../options.js';
import { bitsOfBase32 } from './base32.js';
import { trimBlanks, withoutBlanks } from './blanks.js';
import { codeAt, isCodeAround, secondsLeftAt, timestampOf } from './code.js';
import { type MigrationBatch, parseMigrationUri } from './migration.js';
import { checkText, readSettings } from './read-settings.js';
import { malformed, type TotpAlgorithm, type TotpSettings, unsupported } from './settings.js';

// Far above anything real; below what would be felt.
const LONGEST_MIGRATION = 262_144;
const WIDEST_WINDOW = 10;

/** What `parseMigration` gives: the accounts of one QR code, and which of the export's QR codes it is. */
export interface TotpMigration {
  secrets: TotpSecret[];
  /** `index` counts from 0. With a `size` above 1, the other QR codes have the other accounts and the same `id`. */
  batch: MigrationBatch;
}

/** What `verify` takes besides the code. */
export interface TotpVerifyOptions {
  /** The time to check for, as a Date or in ms since the epoch; by default now. */
  at?: Date | number;
  /** How many periods before and after are good too, 0 to 10; by default 1 (RFC 6238 section 5.2). */
  window?: number;
}

/**
 * The secret behind an authenticator app's codes (TOTP, RFC 6238), with the settings that belong to it. It is
 * checked where it is read, does not change, and prints, inspects and serialises as its settings:
 * `TotpSecret(SHA1, 6 digits, 30 s)`.
 *
 * @example
 * const totp = TotpSecret.parse('jbsw y3dp ehpk 3pxp');
 * totp.base32; // 'JBSWY3DPEHPK3PXP'
 * totp.code(0); // '282760'
 */
export class TotpSecret implements TotpSettings {
  // A function, since the consoles of browsers show the text that private fields hold.
  readonly #base32: () => string;

  /** The hash: `SHA1` unless the URI says otherwise. */
  declare readonly algorithm: TotpAlgorithm;
  /** How long a code is: 6, unless the URI says 7 or 8. */
  declare readonly digits: number;
  /** How long a code lasts, in seconds: 30, unless the URI says otherwise. */
  declare readonly period: number;
  /** Who issued the secret, where it says so: `ACME`. Text from outside: escape it like any other. */
  declare readonly issuer?: string;
  /** The account's name, without the issuer, where it says so: `alice@example.com`. */
  declare readonly label?: string;

  /** Not public: secrets come from {@link TotpSecret.parse} and {@link TotpSecret.parseMigration}, which check them. */
  private constructor(settings: TotpSettings) {
    if (typeof settings?.base32 !== 'string') throw malformed('TotpSecret.parse makes a TotpSecret.');
    const { base32, ...shown } = settings;
    this.#base32 = () => base32;
    Object.freeze(Object.assign(this, shown));
  }

  /**
   * Reads a secret as sites and apps show it: base32 (RFC 4648 section 6) or a key URI, `otpauth://totp/…`.
   *
   * In base32, Unicode white space and zero-width characters, hyphens and dashes, lower case, and `=` padding at
   * the end are put right. Anything else is refused and nothing is guessed. Short secrets are accepted, since
   * sites issue them (see {@link TotpSecret.bits}). Base32 alone means SHA1, 6 digits, 30 s. In a URI, scheme,
   * type and parameter names are read in either case, `+` in a parameter is a space, unknown parameters are
   * ignored, and the `issuer` parameter wins over the label's prefix. A fragment (`#`) and HTML entities (`&amp;`)
   * are refused, since settings are lost behind them.
   *
   * @throws CredsealError `ERR_TOTP_FORMAT` if it is not a string or malformed: with the position of a
   * character that does not belong and what was probably meant, or saying that this is a code, a web address
   * or a migration URI. `ERR_TOTP_UNSUPPORTED` for HOTP, Steam, an algorithm other than SHA1, SHA256 and
   * SHA512, and digits other than 6, 7 and 8. The message never shows the secret.
   * @example TotpSecret.parse('otpauth://totp/ACME:alice?secret=JBSWY3DPEHPK3PXP').issuer // 'ACME'
   */
  static parse(input: string): TotpSecret {
    return new TotpSecret(readSettings(input));
  }

  /**
   * Reads all the accounts of `otpauth-migration://offline?data=…`, the QR code by which Google Authenticator
   * transfers accounts. A large export comes as several: compare `batch.size` with what you have.
   *
   * @throws CredsealError `ERR_TOTP_FORMAT` if it is not a string, malformed, or without accounts.
   * `ERR_TOTP_UNSUPPORTED` if one of the accounts is counter-based (HOTP), uses MD5, or has settings that are
   * not known; the message gives its place, from 1. None is left out without a word.
   * @example
   * const { secrets, batch } = TotpSecret.parseMigration(scanned);
   * if (batch.size > 1) console.log(`QR code ${batch.index + 1} of ${batch.size}`);
   */
  static parseMigration(uri: string): TotpMigration {
    checkText(uri, LONGEST_MIGRATION, 'A migration URI');
    const { accounts, batch } = parseMigrationUri(trimBlanks(uri));
    const secrets = accounts.map((account, index) => {
      if (!('problem' in account)) return new TotpSecret(account);
      const problem = `Account ${index + 1} of this export ${account.problem}`;
      if (account.code === 'ERR_TOTP_FORMAT') throw malformed(`${problem}.`);
      throw unsupported(`${problem}: export the others without it.`);
    });
    return { secrets, batch };
  }

  /** The secret itself, as canonical base32: upper case, no spaces, no padding. The one way to get it out. */
  get base32(): string {
    return this.#base32();
  }

  /** The secret's length in bits. RFC 4226 (R6) asks for 128, but 80 are common. */
  get bits(): number {
    return bitsOfBase32(this.#base32());
  }

  /**
   * The code at a time: `digits` digits, with their leading zeros (RFC 6238 section 4).
   *
   * @param at a Date or ms since the epoch; by default now.
   * @throws CredsealError `ERR_TOTP_FORMAT` if `at` is no valid time, or before the epoch.
   * @example TotpSecret.parse('JBSWY3DPEHPK3PXP').code(0) // '282760'
   */
  code(at: Date | number = Date.now()): string {
    return codeAt(this, timestampOf(at));
  }

  /**
   * How many seconds the code of a time is still good, rounded up to whole ones: from `period` at its first
   * moment down to 1, never 0.
   *
   * @param at a Date or ms since the epoch; by default now.
   * @throws CredsealError `ERR_TOTP_FORMAT` if `at` is no valid time, or before the epoch.
   * @example TotpSecret.parse('JBSWY3DPEHPK3PXP').secondsLeft(29_001) // 1
   */
  secondsLeft(at: Date | number = Date.now()): number {
    return secondsLeftAt(this, timestampOf(at));
  }

  /**
   * Whether a code is right, now or within `window` periods before and after. White space in it is ignored;
   * anything that is not a string of exactly `digits` digits is just not right. The comparison takes the same
   * time whichever digits differ. A code may be right twice: to accept it once is up to you (RFC 6238 5.2).
   *
   * @throws CredsealError `ERR_TOTP_FORMAT` if `at` is no valid time, `window` not a whole number from 0 to 10, or there
   *   is another option.
   * @example TotpSecret.parse('JBSWY3DPEHPK3PXP').verify('282 760', { at: 31_000 }) // true
   */
  verify(code: string, options: TotpVerifyOptions = {}): boolean {
    const problem = optionsProblem(options, ['at', 'window']);
    if (problem) throw malformed(`Options ${problem}.`);
    const { at = Date.now(), window = 1 } = options;
    const timestamp = timestampOf(at);
    if (!Number.isInteger(window) || window < 0 || window > WIDEST_WINDOW) {
      throw malformed(`The "window" is a whole number of periods from 0 to ${WIDEST_WINDOW}.`);
    }
    if (typeof code !== 'string') return false;
    const token = withoutBlanks(code);
    return (
      token.length === this.digits && /^[0-9]+$/.test(token) && isCodeAround(this, token, timestamp, window)
    );
  }

  /** `TotpSecret(SHA1, 6 digits, 30 s)`: the settings, never the secret. */
  toString(): string {
    return `TotpSecret(${this.algorithm}, ${this.digits} digits, ${this.period} s)`;
  }

  /** The same as {@link TotpSecret.toString}, so that `JSON.stringify` of anything that holds a secret is harmless. */
  toJSON(): string {
    return this.toString();
  }

  static {
    inspectAsString(TotpSecret.prototype);
  }
}
