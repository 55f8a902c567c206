/** Why a record of an export is no credential of a web site, and is passed over. */
export type SkipReason =
  | 'no web address'
  | 'not a web address'
  | 'secure note'
  | 'not a login'
  | 'archived'
  | 'deleted'
  | 'no credentials';

/** What a format's table makes of one record: texts as they stand in the export, and nothing of its notes. */
export interface Login {
  /** Addresses in order. What the user said never to fill in is not among them. */
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  /** The first TOTP secret. */
  readonly totp: string;
  /** The account of an authenticator that has another secret for it. */
  readonly otherTotp?: number;
  readonly title: string;
  /** When it was last changed, in ms since the epoch, where the format tells. */
  readonly changed?: number | undefined;
  /** Whether there was an address that the product itself calls a pattern: it is not among the addresses. */
  readonly hasPattern?: boolean;
  /** Whether it has TOTP secrets beside the first. */
  readonly hasFurtherTotp?: boolean;
  /** Of a CSV file of one's own: texts for other fields of an entry. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** One record of an export: a login, or why it is none, or what is wrong with it. */
export type ExportRecord = Login | { readonly skip: SkipReason } | { readonly problem: string };

/** A moment that an export gives as a number, in ms since the epoch; undefined if it is none. */
export function momentOf(number: unknown, unit: 'ms' | 's'): number | undefined {
  const value = typeof number === 'string' && number.trim() !== '' ? Number(number) : number;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return unit === 's' ? value * 1000 : value;
}

/** A moment that an export gives as a date, in ms since the epoch; undefined if it is none. */
export function dateOf(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/**
 * The TOTP secret that counts, of all that a record has: the first. A key URI and the secret inside it are one, where a
 * product writes both.
 */
export function firstTotp(secrets: readonly string[]): Pick<Login, 'totp' | 'hasFurtherTotp'> {
  const [totp = '', ...others] = secrets.filter((secret) => secret !== '');
  const hasFurtherTotp = others.some((other) => !(totp.includes(other) || other.includes(totp)));
  return { totp, ...(hasFurtherTotp && { hasFurtherTotp }) };
}
