import type { SealedEntry, VaultEntry } from '../../entry/seal-entry.js';
import type { VaultPlan } from '../../vault/plan-types.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { nameOfPlace } from '../input/place.js';
import { streamRecords } from '../input/stream-records.js';
import { printable } from '../terminal/printable.js';

/**
 * The entries that a document desires, plain or sealed. One that cannot be read ends it: what is missing would be
 * planned to be deleted.
 */
export async function* desiredEntries(
  file: string,
  context: Context,
): AsyncGenerator<VaultEntry | SealedEntry, void, undefined> {
  for await (const record of streamRecords(file, 'FILE', context)) {
    if ('problem' in record)
      throw new CliError(EXIT.input, `${nameOfPlace(record)}: ${record.problem}. Nothing is planned.`);
    yield record.value as VaultEntry | SealedEntry;
  }
}

/** A plan for people: a line for each thing that is to be done. */
export function planText({ create, update, delete: deletes, unchanged, incomparable }: VaultPlan): string {
  const lines = [
    ...create.map((item) => `+ create  ${named(item)}`),
    ...update.map(({ fields, ...item }) => `~ update  ${named(item)}: ${fields.join(', ')}`),
    ...deletes.map((item) => `- delete  ${named(item)}`),
    ...incomparable.map(({ reason, ...item }) => `! cannot be compared  ${named(item)}: ${reason}`),
    `= ${unchanged} unchanged`,
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const named = (item: { readonly permissioned_user_id: string; readonly domain: string }) =>
  `${item.permissioned_user_id}, ${item.domain}`;

/** How many things a plan has to do. */
export const stepsIn = (plan: VaultPlan) => plan.create.length + plan.update.length + plan.delete.length;
