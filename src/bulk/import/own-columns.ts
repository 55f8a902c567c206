import { indexOfDuplicateMember } from '../../duplicate-member.js';
import { type Field, fieldEntries, fieldOf } from '../../entry/fields.js';
import { accepts } from '../../entry/schemas.js';
import { suggestion } from '../../entry/suggestion.js';
import { isObject, typeName } from '../../inspection.js';
import { notAnEntry } from '../item.js';
import type { Login } from './login.js';

/** Which column of a CSV file of one's own is which field of an entry. */
export type ColumnMap = Readonly<Record<string, string>>;

const writable = fieldEntries.flatMap(([name, field]) => (field.readOnly === undefined ? [name] : []));

/**
 * Checks a map of columns. Columns are not shown in messages, since nobody knows what was typed there; fields are named
 * by their place.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if a field is none that may be written (with "did you mean"), or comes twice,
 *   or if `domain` is missing
 */
export function checkedMap(map: unknown): ColumnMap {
  if (!isObject(map)) throw notAnEntry(`map is an object of columns and fields; got ${typeName(map)}.`);
  const fields = Object.values(map);
  for (const [index, field] of fields.entries()) {
    const place = `The field of column ${index + 1} in options.map`;
    if (typeof field !== 'string') throw notAnEntry(`${place} is a string; got ${typeName(field)}.`);
    if (!writable.includes(field)) {
      const meant = suggestion(field);
      const advice =
        meant === undefined ? `The fields are ${writable.join(', ')}.` : `Did you mean ${meant}?`;
      throw notAnEntry(`${place} is none that may be written. ${advice}`);
    }
    if (fields.indexOf(field) < index) throw notAnEntry(`${place}, ${field}, has a column already.`);
  }
  if (!fields.includes('domain'))
    throw notAnEntry(
      'No column is mapped to domain, where the address of the site is: name it in options.map.',
    );
  return map as ColumnMap;
}

/** A login of cells and the fields that they belong to. Empty cells are fields left out. */
export function loginOf(cells: readonly (readonly [field: string, text: string])[]): Login {
  const {
    domain = '',
    user_name,
    password,
    tfa_secret,
    ...fields
  } = Object.fromEntries(cells.filter(([, text]) => text !== ''));
  return {
    urls: [domain],
    username: user_name ?? '',
    password: password ?? '',
    totp: tfa_secret ?? '',
    title: '',
    fields,
  };
}

/**
 * The value of a field, of a cell: text where the field takes text, else what the text is as JSON (`true`, `3`, `{…}`).
 * Whether it is right is for the field table to say.
 */
export function cellValue(name: string, text: string): unknown {
  const { schema, sealed }: Field = fieldOf(name) ?? {};
  if (sealed !== undefined || schema === undefined || accepts(schema, text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    // With a member twice, it is no value that all readers see alike, and stays a text, which the field refuses.
    return indexOfDuplicateMember(text) === -1 ? value : text;
  } catch {
    return text;
  }
}
