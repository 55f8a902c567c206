import { optionInvalid } from '../../entry/issue.js';
import { optionsProblem } from '../../options.js';
import { optionsOnce } from '../../options-once.js';
import { notAnEntry } from '../item.js';
import type { EntrySettings } from './entry-of.js';
import type { DocumentSettings, ImportFormat } from './export-document.js';
import { checkedTotp, type TotpMap, type TotpSources } from './join-totp.js';
import { type ColumnMap, checkedMap } from './own-columns.js';
import { knownFormatNames } from './recognise.js';
import type { ImportSource } from './source.js';
import { userIdTemplate } from './user-id.js';

/** How `importEntries` reads an export. */
export interface ImportOptions {
  /** What the export is: `auto` (the default) finds it out by header and content. */
  readonly from?: ImportFormat | 'auto' | undefined;
  /**
   * Makes the `permissioned_user_id`: text with `{username}`, `{host}`, `{title}`, `{row}`; by default `{username}`. It is
   * not sealed: who must not see user names there, needs another template.
   */
  readonly userId?: string | undefined;
  /** For a CSV file of one's own: which column (by its header) is which field of an entry. `domain` has to be among them. */
  readonly map?: ColumnMap | undefined;
  /** Makes entries without second factor of records whose TOTP secret the vault cannot use, instead of failures. */
  readonly skipBadTotp?: boolean | undefined;
  /** Begins addresses that are bare host names with `https://`, instead of passing their rows over. */
  readonly assumeHttps?: boolean | undefined;
  /** Decodes HTML entities (`&amp;`) in everything that is read, which files of LastPass of some years hold. */
  readonly decodeEntities?: boolean | undefined;
  /** Columns of a CSV file, by their headers, that are to be left behind, whatever they look like. */
  readonly ignoreColumns?: readonly string[] | undefined;
  /**
   * Exports of authenticators (Aegis, 2FAS, Google's migration URIs, pictures of QR codes in Node, …): each TOTP secret
   * joins the row of its issuer's site and its user name, or the only row of the site if it is the issuer's only secret.
   */
  readonly totp?: readonly ImportSource[] | undefined;
  /** Rows with the accounts of `totp` that belong to them, for what does not join by itself: `{ 12: 3 }`. */
  readonly totpMap?: TotpMap | undefined;
}

const FLAGS = ['skipBadTotp', 'assumeHttps', 'decodeEntities'] as const;
const OPTIONS: readonly (keyof ImportOptions)[] = [
  'from',
  'userId',
  'map',
  'ignoreColumns',
  'totp',
  'totpMap',
  ...FLAGS,
];

/** Not public: so that a command line is told what is wrong with it before anything is read. */
export function checkedOptions(
  options: ImportOptions,
): EntrySettings & DocumentSettings & { readonly totp: TotpSources | undefined } {
  const problem = optionsProblem(options, OPTIONS);
  if (problem) throw optionInvalid('options', problem);
  const given = optionsOnce(options, OPTIONS);
  const { from = 'auto', userId = '{username}', map, ignoreColumns = [] } = given;
  const names: readonly string[] = ['auto', 'csv', 'pass', ...knownFormatNames];
  if (!names.includes(from)) throw notAnEntry(`The formats are ${names.join(', ')}.`);
  for (const flag of FLAGS) {
    if (!['boolean', 'undefined'].includes(typeof given[flag])) throw notAnEntry(`${flag} is true or false.`);
  }
  if (!Array.isArray(ignoreColumns) || ignoreColumns.some((name) => typeof name !== 'string' || name === ''))
    throw notAnEntry('ignoreColumns is a list of the headers of columns.');
  if (map === undefined && from === 'csv')
    throw notAnEntry('A CSV file of your own needs a map of its columns: name them in options.map.');
  if (map !== undefined && from !== 'csv' && from !== 'auto')
    throw notAnEntry(`A map is for CSV files of your own; the columns of ${from} are known.`);
  const { skipBadTotp = false, assumeHttps = false, decodeEntities = false } = given;
  return {
    from,
    userId: userIdTemplate(userId),
    map: map === undefined ? map : checkedMap(map),
    ignoreColumns,
    skipBadTotp,
    assumeHttps,
    decodeEntities,
    totp: checkedTotp(given.totp, given.totpMap),
  };
}
