import type { Operation } from '../../entry/check.js';
import { addIssue } from '../../entry/issue.js';
import type { Given } from '../../entry/rules.js';
import type { Issue } from '../../errors.js';
import { error } from './rule.js';

// All but the last are found by checkEntry, which holds plain entries to them as well.

export const payloadRules = {
  /** The payload, or an element of the array, is no object, or cannot be read. */
  'payload/not-an-object': error('Give an object, or an array of them.'),
  /** A field that the API does not know, misspelt perhaps: it would be sent as it is, in plain text. */
  'payload/unknown-field': error('Correct the name, or leave the field out.'),
  /** `permissioned_user_id` or `domain` is not there. */
  'payload/missing-field': error('Add the field: it names the entry.'),
  /** A field that only the vault sets. */
  'payload/read-only-field': error('Leave the field out.'),
  /** An update that names an entry and changes nothing. */
  'payload/nothing-to-update': error('Add what is to change.'),
};

const NAMES = ['permissioned_user_id', 'domain', 'id'];

/** An update of nothing but what names an entry. */
export function checkUpdate(given: Given, operation: Operation, issues: Issue[]): void {
  if (operation === 'create') return;
  if (Object.keys(given).every((name) => given[name] === undefined || NAMES.includes(name)))
    addIssue(issues, '', 'payload/nothing-to-update', 'The update changes nothing of its entry');
}
