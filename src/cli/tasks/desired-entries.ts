import type { SealedEntry, VaultEntry } from '../../entry/seal-entry.js';
import { CredsealError } from '../../errors.js';
import type { Resolved } from '../../references/resolution.js';
import type { Exchange } from '../../vault/exchange.js';
import { planOf } from '../../vault/plan.js';
import type { PlanOptions, VaultPlan } from '../../vault/plan-types.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { nameOfPlace, type Place, placeOf, toldAt } from '../input/place.js';
import { type StreamedRecord, streamRecords } from '../input/stream-records.js';
import { printable } from '../terminal/printable.js';
import { inOrder } from '../threads/in-order.js';
import type { References } from './references.js';

/** So many entries are read ahead of the one whose references are awaited. */
const READ_AHEAD = 64;

/**
 * The plan of the entries that a document desires, plain or sealed, their references resolved. One that cannot be read
 * or resolved, or is refused, is named by its place, and there is no plan: what is missing would be planned to be deleted.
 *
 * @throws CliError, CredsealError
 */
export async function planOfDocument(
  file: string,
  references: References,
  how: Exchange,
  { signal, ...options }: PlanOptions,
  context: Context,
): Promise<VaultPlan> {
  const places: Place[] = [];
  const resolve = async (record: StreamedRecord) => ({
    record,
    ...('problem' in record ? NOTHING : await references.resolve(record.value)),
  });
  async function* entries(): AsyncGenerator<VaultEntry | SealedEntry, void, undefined> {
    let failed = 0;
    const records = streamRecords(file, 'FILE', context);
    for await (const { record, value, issues } of inOrder(records, resolve, READ_AHEAD)) {
      places.push(placeOf(record));
      if ('problem' in record) throw refused(nameOfPlace(record), [`${record.problem}.`], context);
      if (issues.length === 0) yield value as VaultEntry | SealedEntry;
      else {
        failed += 1;
        const problems = issues.map(({ message }) => message);
        context.stderr.write(toldAt(nameOfPlace(record), problems));
      }
    }
    if (failed > 0)
      throw new CliError(
        EXIT.input,
        `Nothing is planned, since references of ${failed} ${failed === 1 ? 'entry' : 'entries'} do not resolve.`,
      );
  }
  try {
    return await references.withProgress(() =>
      planOf(entries(), how, options, { signal }, (index) => nameOfPlace(places[index] ?? {})),
    );
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    const { issues, message } = error;
    if (issues === undefined) throw error;
    // The place, or the name, that the message begins with: of several problems it has but the first.
    const where = message.slice(0, message.indexOf(': '));
    throw refused(
      where,
      issues.map((issue) => issue.message),
      context,
    );
  }
}

function refused(place: string, problems: readonly string[], { stderr }: Context): CliError {
  stderr.write(toldAt(place, problems));
  return new CliError(EXIT.input, 'No plan is made without that entry: correct it first.');
}

const NOTHING: Resolved = { value: undefined, issues: [] };

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
