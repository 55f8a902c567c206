import { notAnEntry } from '../item.js';

/** How second factors are called, in names without what is neither letter nor digit. */
const NAMES_SECOND_FACTOR =
  /2fa|twofa|(2|two)(factor|step)|secondfactor|onetime|authenticator|otp|^[mt]fa|[mt]fa$/;
const KEY_URI = /^(otpauth|otpauth-migration|steam):\/\//i;
/** A secret in base32, of 80 bits at least. Fewer letters could be a word. */
const BASE32 = /^[A-Z2-7]{16,}=*$/;
const LONGEST_NAME = 64;

/** A column that is not read. */
interface Column {
  readonly name: string;
  readonly place: number;
  readonly isUnknown: boolean;
  isFilled: boolean;
  hasKeyUri: boolean;
  isAllBase32: boolean;
}

/** The columns of a CSV file that nothing is read of: what stays behind is told, and a second factor never does. */
export class LeftBehind {
  readonly #columns: readonly Column[];

  /** @param isKnown whether the product is known to write the column, or somebody said to ignore it. */
  constructor(
    header: readonly string[],
    { isRead, isKnown }: { isRead: (place: number) => boolean; isKnown: (place: number) => boolean },
  ) {
    this.#columns = header.flatMap((name, place): Column[] => {
      if (isRead(place)) return [];
      const isUnknown = !isKnown(place);
      return [{ name, place, isUnknown, isFilled: false, hasKeyUri: false, isAllBase32: true }];
    });
  }

  see(row: readonly string[]): void {
    for (const column of this.#columns) {
      if (column.isFilled && !column.isUnknown) continue;
      const value = row[column.place];
      if (value === undefined || value === '') continue;
      column.isFilled = true;
      column.hasKeyUri ||= KEY_URI.test(value);
      column.isAllBase32 &&= BASE32.test(value);
    }
  }

  /**
   * The names of those that have something in them, after the last row.
   *
   * @throws CredsealError `ERR_ENTRY_INVALID` if one of them is unknown, and looks like a second factor
   */
  names(): readonly string[] {
    const filled = this.#columns.filter(({ isFilled }) => isFilled);
    const factor = filled.find(
      ({ name, isUnknown, hasKeyUri, isAllBase32 }) =>
        isUnknown && (hasKeyUri || isAllBase32 || isSecondFactor(name)),
    );
    if (factor !== undefined) throw notAnEntry(unread(factor));
    return filled.map(({ name }) => name);
  }
}

const isSecondFactor = (name: string) =>
  NAMES_SECOND_FACTOR.test(name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));

function unread({ name, place }: Column): string {
  // Whatever else stands in a header may be anything.
  const isTold = name.length <= LONGEST_NAME && /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(name);
  return `Column ${place + 1}${isTold ? ` (${name})` : ''} looks like a second factor, and would not be imported. Name all columns to import in options.map (the field is tfa_secret), or name this column in options.ignoreColumns to ignore it.`;
}
