import { isObject } from '../../inspection.js';
import { notAnEntry } from '../item.js';
import { type ItemFormat, list, type Members, members, objects, text } from './item-format.js';
import { dateOf, firstTotp, momentOf, type SkipReason } from './login.js';

/** 1Password's categories of logins, of secure notes, and of passwords by themselves. */
const LOGIN = '001';
const NOTE = '003';
const PASSWORD = '005';

const vaultsOf = (account: unknown) => list(members(account).vaults);

/** 1PUX: `export.data` in a ZIP archive. */
export const onePux: ItemFormat = {
  kind: 'json',
  is: 'a ZIP archive with export.data inside, or that file itself',
  inArchive: 'export.data',
  fits(document) {
    const { accounts } = members(document);
    return (
      Array.isArray(accounts) &&
      accounts.length > 0 &&
      accounts.every((account) => Array.isArray(members(account).vaults)) &&
      accounts.flatMap(vaultsOf).every((vault) => Array.isArray(members(vault).items))
    );
  },
  items(document) {
    const { accounts } = members(document);
    if (!Array.isArray(accounts))
      throw notAnEntry('This is no 1PUX export: it has no "accounts" in its export.data.');
    return accounts.flatMap(vaultsOf).flatMap((vault) => list(members(vault).items));
  },
  read(item) {
    const details = members(item.details);
    const overview = members(item.overview);
    const designated = new Map(
      objects(details.loginFields).map(({ designation, value }) => [designation, text(value)]),
    );
    // Items of old versions, and those that are a password by themselves, keep it here.
    const password = designated.get('password') || text(details.password);
    const skip = onePuxSkip(item, designated.has('username') || password !== '');
    if (skip !== undefined) return { skip };
    const urls = objects(overview.urls).flatMap(({ url, mode }) => (mode === 'never' ? [] : [text(url)]));
    return {
      urls: list(overview.urls).length > 0 ? urls : [text(overview.url)],
      username: designated.get('username') ?? '',
      password,
      ...firstTotp(
        objects(details.sections)
          .flatMap(({ fields }) => objects(fields))
          .map(({ value }) => text(members(value).totp)),
      ),
      title: text(overview.title),
      changed: momentOf(item.updatedAt, 's'),
    };
  },
};

function onePuxSkip({ state, trashed, categoryUuid }: Members, isLogin: boolean): SkipReason | undefined {
  if (state === 'trashed' || state === 'deleted' || trashed === true) return 'deleted';
  if (state === 'archived') return 'archived';
  if (categoryUuid === NOTE) return 'secure note';
  return isLogin || categoryUuid === LOGIN || categoryUuid === PASSWORD ? undefined : 'not a login';
}

/** What `op item get --format json` prints: one item, an array of them, or one behind the other. */
export const op: ItemFormat = {
  kind: 'json',
  is: 'the output of op item get --format json',
  fits: (document) => {
    const items = opItems(document);
    return items.length > 0 && items.every(isOpItem);
  },
  items(document) {
    const items = opItems(document);
    // `op item list` tells what items there are, and nothing of what is in them.
    if (items.length > 0 && items.every((item) => isOpItem(item) && members(item).fields === undefined))
      throw notAnEntry(
        'This is a list of items without their fields. Get them, too: op item list --format json | op item get - --format json',
      );
    return items;
  },
  read(item) {
    const { category, state, fields, urls, title, updated_at } = item;
    if (state === 'ARCHIVED') return { skip: 'archived' };
    if (state === 'DELETED') return { skip: 'deleted' };
    if (category === 'SECURE_NOTE') return { skip: 'secure note' };
    if (category !== 'LOGIN' && category !== 'PASSWORD') return { skip: 'not a login' };
    const all = objects(fields);
    const fieldOf = (purpose: string) => text(all.find((field) => field.purpose === purpose)?.value);
    const addresses = objects(urls);
    // The primary address is that of the item, wherever it stands.
    const inOrder = [...addresses.filter(({ primary }) => primary === true), ...addresses];
    return {
      urls: [...new Set(inOrder)].map(({ href }) => text(href)),
      username: fieldOf('USERNAME'),
      password: fieldOf('PASSWORD') || (category === 'PASSWORD' ? passwordOf(all) : ''),
      ...firstTotp(all.flatMap(({ type, value }) => (type === 'OTP' ? [text(value)] : []))),
      title: text(title),
      changed: dateOf(updated_at),
    };
  },
};

const opItems = (document: unknown): readonly unknown[] => (Array.isArray(document) ? document : [document]);

const isOpItem = (item: unknown) =>
  isObject(item) &&
  typeof item.category === 'string' &&
  isObject(item.vault) &&
  (item.fields === undefined || Array.isArray(item.fields));

const passwordOf = (fields: readonly Members[]) => text(fields.find(({ id }) => id === 'password')?.value);
