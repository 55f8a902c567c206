import { isObject } from '../../inspection.js';
import { notAnEntry } from '../item.js';
import { type ItemFormat, list, type Members, members, objects, text } from './item-format.js';
import { dateOf, type ExportRecord, type SkipReason } from './login.js';

/** What Bitwarden calls the types of its items. */
const LOGIN = 1;
const NOTE = 2;

/** How an address matches (`UriMatchStrategy`). A regular expression is no address, and "never" says not to fill in. */
const REGULAR_EXPRESSION = 4;
const NEVER = 5;

function read(item: Members): ExportRecord {
  const skip = skipOf(item);
  if (skip !== undefined) return { skip };
  const login = members(item.login);
  const uris = objects(login.uris);
  const hasPattern = uris.some(({ match }) => match === REGULAR_EXPRESSION);
  return {
    urls: uris.flatMap(({ match, uri }) =>
      match === REGULAR_EXPRESSION || match === NEVER ? [] : [text(uri)],
    ),
    username: text(login.username),
    password: text(login.password),
    totp: text(login.totp),
    title: text(item.name),
    changed: dateOf(item.revisionDate),
    ...(hasPattern && { hasPattern }),
  };
}

function skipOf({ type, archivedDate, deletedDate }: Members): SkipReason | undefined {
  if (type === NOTE) return 'secure note';
  if (type !== LOGIN) return 'not a login';
  if (text(deletedDate) !== '') return 'deleted';
  return text(archivedDate) === '' ? undefined : 'archived';
}

/** Items of Bitwarden have a number as type; those of others that have items do not. */
const areItems = (items: readonly unknown[]) =>
  items.every((item) => !isObject(item) || typeof item.type === 'number');

/** The export of a vault, also of an organisation; with attachments it is a ZIP archive. */
export const bitwardenJson: ItemFormat = {
  kind: 'json',
  is: 'JSON, or a ZIP archive with data.json inside',
  inArchive: 'data.json',
  fits(document) {
    const { encrypted, items, folders, collections } = members(document);
    // An encrypted one may have no items at all: it is refused with the way out, not as unknown.
    if (encrypted === true) return true;
    const isNamed = typeof encrypted === 'boolean' || Array.isArray(folders) || Array.isArray(collections);
    return Array.isArray(items) && areItems(items) && (items.some(isObject) || isNamed);
  },
  items(document) {
    const { encrypted, items } = members(document);
    // Its items are ciphertexts, and the account or file key is Bitwarden's.
    if (encrypted === true) {
      throw notAnEntry(
        'This Bitwarden export is encrypted. Export the vault again with the file format ".json", not ".json (Encrypted)".',
      );
    }
    if (!Array.isArray(items)) throw notAnEntry('This is no Bitwarden export: it has no "items".');
    return items;
  },
  read,
};

/** What `bw list items` prints, and `bw get item`; with `--response`, too. */
export const bw: ItemFormat = {
  kind: 'json',
  is: 'the output of bw list items',
  fits: (document) => {
    const items = bwItems(document);
    return (
      items.length > 0 && items.every((item) => isObject(item) && item.object === 'item') && areItems(items)
    );
  },
  items: bwItems,
  read,
};

function bwItems(document: unknown): readonly unknown[] {
  const { data } = members(document);
  if (Array.isArray(document)) return document;
  return data === undefined
    ? [document]
    : isObject(data) && data.object === 'list'
      ? list(data.data)
      : [data];
}
