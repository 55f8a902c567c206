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
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  readonly totp: string;
  /** The account of an authenticator that has another secret for it. */
  readonly otherTotp?: number;
  readonly title: string;
  /** When it was last changed, in ms since the epoch, where the format tells. */
  readonly changed?: number | undefined;
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
