import { isObject } from '../../inspection.js';
import { notAnEntry } from '../item.js';
import { dateOf, type ExportRecord, momentOf, type SkipReason } from './login.js';

/** An export in JSON: how it is known, and its records in order. */
export interface JsonFormat {
  /** Its name in the ZIP archive that the product gives. */
  readonly inArchive?: string;
  /** A member of the document that tells it from others. */
  readonly knownBy: string;
  /** The items, in order. */
  readonly items: (document: Members) => readonly unknown[];
  readonly read: (item: Members) => ExportRecord;
}

type Members = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const members = (value: unknown): Members => (isObject(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What Bitwarden calls the types of its items; 1 is a login. */
const BITWARDEN_LOGIN = 1;
const BITWARDEN_NOTE = 2;

const bitwarden: JsonFormat = {
  knownBy: 'items',
  items(document) {
    // Its items are ciphertexts, and the account or file key is Bitwarden's.
    if (document.encrypted === true) {
      throw notAnEntry(
        'This Bitwarden export is encrypted. Export the vault again with the file format ".json", not ".json (Encrypted)".',
      );
    }
    if (!Array.isArray(document.items)) throw notAnEntry('This is no Bitwarden export: it has no "items".');
    return document.items;
  },
  read(item) {
    const login = members(item.login);
    const skip = bitwardenSkip(item);
    if (skip !== undefined) return { skip };
    return {
      urls: list(login.uris).map((one) => text(members(one).uri)),
      username: text(login.username),
      password: text(login.password),
      totp: text(login.totp),
      title: text(item.name),
      changed: dateOf(item.revisionDate),
    };
  },
};

function bitwardenSkip({ type, archivedDate, deletedDate }: Members): SkipReason | undefined {
  if (type === BITWARDEN_NOTE) return 'secure note';
  if (type !== BITWARDEN_LOGIN) return 'not a login';
  if (text(deletedDate) !== '') return 'deleted';
  return text(archivedDate) === '' ? undefined : 'archived';
}

/** 1Password's category of secure notes. */
const ONE_PASSWORD_NOTE = '003';

const onePux: JsonFormat = {
  inArchive: 'export.data',
  knownBy: 'accounts',
  items: (document) => {
    if (!Array.isArray(document.accounts))
      throw notAnEntry('This is no 1PUX export: it has no "accounts" in its export.data.');
    return document.accounts
      .flatMap((account) => list(members(account).vaults))
      .flatMap((vault) => list(members(vault).items));
  },
  read(item) {
    const details = members(item.details);
    const overview = members(item.overview);
    const designated = new Map(
      list(details.loginFields)
        .map(members)
        .map(({ designation, value }) => [designation, text(value)]),
    );
    const skip = onePuxSkip(item, designated);
    if (skip !== undefined) return { skip };
    const urls = list(overview.urls).map((one) => text(members(one).url));
    return {
      urls: urls.length > 0 ? urls : [text(overview.url)],
      username: designated.get('username') ?? '',
      password: designated.get('password') ?? '',
      totp: totpOf(details),
      title: text(overview.title),
      changed: momentOf(item.updatedAt, 's'),
    };
  },
};

function onePuxSkip(
  { state, categoryUuid }: Members,
  designated: ReadonlyMap<unknown, string>,
): SkipReason | undefined {
  if (state === 'archived') return 'archived';
  if (categoryUuid === ONE_PASSWORD_NOTE) return 'secure note';
  return designated.has('username') || designated.has('password') ? undefined : 'not a login';
}

/** The first one-time password of an item, whichever section it is in. */
function totpOf(details: Members): string {
  return (
    list(details.sections)
      .flatMap((section) => list(members(section).fields))
      .map((field) => text(members(members(field).value).totp))
      .find((secret) => secret !== '') ?? ''
  );
}

/** The exports in JSON that are known, by the names of `from`. */
export const jsonFormats = {
  '1pux': onePux,
  'bitwarden-json': bitwarden,
} as const satisfies Record<string, JsonFormat>;

export type JsonFormatName = keyof typeof jsonFormats;
