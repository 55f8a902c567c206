import { isObject } from '../../inspection.js';
import { notAnEntry } from '../item.js';
import { type ItemFormat, list, type Members, members, objects, text } from './item-format.js';
import { firstTotp, momentOf, type SkipReason } from './login.js';

/** Enpass. A field that was deleted stays in its item, and is marked. */
export const enpass: ItemFormat = {
  kind: 'json',
  is: 'JSON',
  fits(document) {
    const { items } = members(document);
    return (
      Array.isArray(items) &&
      items.length > 0 &&
      items.every((item) => !isObject(item) || typeof item.category === 'string') &&
      items.some((item) => Array.isArray(members(item).fields))
    );
  },
  items(document) {
    const { items } = members(document);
    if (!Array.isArray(items)) throw notAnEntry('This is no Enpass export: it has no "items".');
    return items;
  },
  read(item) {
    if (item.trashed === 1) return { skip: 'deleted' };
    if (item.archived === 1) return { skip: 'archived' };
    if (item.category === 'note') return { skip: 'secure note' };
    if (item.category === 'creditcard' || item.category === 'identity') return { skip: 'not a login' };
    const fields = objects(item.fields).filter(({ deleted }) => deleted !== 1);
    const valuesOf = (type: string) =>
      fields.flatMap((field) => (field.type === type && text(field.value) !== '' ? [text(field.value)] : []));
    const [password = ''] = valuesOf('password');
    return {
      urls: valuesOf('url'),
      username: valuesOf('username')[0] ?? valuesOf('email')[0] ?? '',
      password,
      ...firstTotp(valuesOf('totp')),
      title: text(item.title),
      changed: momentOf(item.updated_at, 's'),
    };
  },
};

/** Proton Pass calls the states of its items by numbers. */
const TRASHED = 2;

/** Proton Pass: `data.json`, by itself or in a ZIP archive. */
export const protonpassJson: ItemFormat = {
  kind: 'json',
  is: 'a ZIP archive with Proton Pass/data.json inside, or that file itself',
  inArchive: 'Proton Pass/data.json',
  fits(document) {
    const { vaults } = members(document);
    return isObject(vaults) && Object.values(vaults).every((vault) => Array.isArray(members(vault).items));
  },
  items(document) {
    const { encrypted, vaults } = members(document);
    if (encrypted === true) throw notAnEntry(PROTON_ENCRYPTED);
    if (!isObject(vaults)) throw notAnEntry('This is not an export of Proton Pass: it has no "vaults".');
    return Object.values(vaults).flatMap((vault) => list(members(vault).items));
  },
  read({ data, state, modifyTime }) {
    const { type, content, metadata, extraFields } = members(data);
    const skip = protonSkip(type, state);
    if (skip !== undefined) return { skip };
    const login = members(content);
    return {
      urls: list(login.urls).map(text),
      username: text(login.itemUsername) || text(login.username) || text(login.itemEmail),
      password: text(login.password),
      ...firstTotp([
        text(login.totpUri),
        ...objects(extraFields).map((field) => text(members(field.data).totpUri)),
      ]),
      title: text(members(metadata).name),
      changed: momentOf(modifyTime, 's'),
    };
  },
};

/** What is said of an export of Proton Pass that is encrypted. */
export const PROTON_ENCRYPTED =
  'This export of Proton Pass is encrypted. Export again, and choose a file format that is not: "ZIP" or "CSV".';

function protonSkip(type: unknown, state: unknown): SkipReason | undefined {
  if (type === 'note') return 'secure note';
  if (type !== 'login') return 'not a login';
  return state === TRASHED ? 'deleted' : undefined;
}

/** Keeper. Names of its fields are `$type:label:number`, those of one's own just the label. */
export const keeperJson: ItemFormat = {
  kind: 'json',
  is: 'JSON',
  fits(document) {
    const { records } = members(document);
    return Array.isArray(records) && records.length > 0 && records.every(isKeeperRecord);
  },
  items(document) {
    const { records } = members(document);
    if (!Array.isArray(records)) throw notAnEntry('This is no Keeper export: it has no "records".');
    return records;
  },
  read(record) {
    const { $type: type, custom_fields, login, password, login_url, title, last_modified } = record;
    if (type === 'encryptedNotes') return { skip: 'secure note' };
    // Without a type it is "general", which has a login, too.
    if (typeof type === 'string' && !KEEPER_LOGINS.has(type)) return { skip: 'not a login' };
    return {
      urls: [text(login_url), ...keeperFields(custom_fields, /^\$url(:|$)/)],
      username: text(login),
      password: text(password),
      ...firstTotp(keeperFields(custom_fields, /^\$oneTimeCode(:|$)|^TFC:Keeper$/)),
      title: text(title),
      changed: momentOf(last_modified, 's'),
    };
  },
};

const KEEPER_LOGINS: ReadonlySet<string> = new Set(['login', 'general', 'legacy', 'serverCredentials']);

const isKeeperRecord = (record: unknown) =>
  isObject(record) &&
  typeof record.title === 'string' &&
  ['$type', 'login', 'password', 'login_url', 'custom_fields', 'uid'].some((name) =>
    Object.hasOwn(record, name),
  );

/** The texts of those fields whose name is like this: a field may have several. */
const keeperFields = (fields: unknown, name: RegExp): string[] =>
  Object.entries(members(fields) as Members).flatMap(([key, value]) =>
    name.test(key) ? (Array.isArray(value) ? value : [value]).map(text) : [],
  );
