import { CliError, EXIT } from '../exit.js';

/**
 * The whole number that an option was given, in plain digits; undefined if it was not given. What was typed is not
 * repeated: it may be a secret in the wrong place.
 *
 * @param option as it is typed: `--pad-to`
 */
export function wholeNumber(option: string, text: string, least: number, most: number): number;
export function wholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined;
export function wholeNumber(option: string, text: string | undefined, least: number, most: number) {
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new CliError(EXIT.usage, `${option} takes a whole number from ${least} to ${most}.`);
}
