import { typeName } from '../../inspection.js';
import { notAnEntry } from '../item.js';

/** What a template for `permissioned_user_id` may name, and what it stands for. */
export const placeholders = {
  username: 'the user name of the record',
  host: 'the host of the site, with its port if it has one',
  title: 'the title of the record',
  row: 'the number of the row',
} as const;

export type Placeholder = keyof typeof placeholders;

/** Makes the `permissioned_user_id` of a record, or says what is missing for it. */
export type UserIdTemplate = (
  values: Readonly<Record<Placeholder, string | number>>,
) => string | { missing: Placeholder };

const NAMES = Object.keys(placeholders) as Placeholder[];

/**
 * Reads a template such as `{username}` or `{host}/{username}`.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` if it is empty, or has a placeholder or brace that means nothing
 */
export function userIdTemplate(template: unknown): UserIdTemplate {
  if (typeof template !== 'string' || template === '') {
    throw notAnEntry(
      `The template for permissioned_user_id is a text that is not empty; got ${typeof template === 'string' ? 'an empty one' : typeName(template)}.`,
    );
  }
  // Texts and placeholders take turns, texts first.
  const parts = template.split(/\{([^{}]*)\}/);
  const unknown = parts.some((part, index) =>
    index % 2 === 1 ? !NAMES.includes(part as Placeholder) : /[{}]/.test(part),
  );
  if (unknown) {
    throw notAnEntry(
      `The template for permissioned_user_id has a placeholder that is not known. There are ${NAMES.map((name) => `{${name}}`).join(', ')}.`,
    );
  }
  return (values) => {
    let id = '';
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index] as Placeholder;
      const value = index % 2 === 1 ? values[part] : part;
      if (value === '' && index % 2 === 1) return { missing: part };
      id += value;
    }
    return id;
  };
}
