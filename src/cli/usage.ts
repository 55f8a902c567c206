import { closestName, spellingsOf } from '../closest-name.js';
import type { Group } from './command.js';
import { UsageError } from './exit.js';

export const NEVER_ARGUMENTS = 'Secrets are never arguments: they are read from stdin.';

/** An option that the command does not have. */
export class UnknownOption extends UsageError {
  /** What may have been meant, for the end of a message. */
  readonly meant: string;

  /**
   * @param place of the word, counted from 0.
   * @param flag as it was typed: to be looked up, not to be shown.
   * @param known the options of the command.
   */
  constructor(
    place: number,
    readonly flag: string,
    known: readonly string[],
  ) {
    const meant = meantBy(flag, known);
    super(`Unknown option, the ${ordinal(place + 1)} word after credseal.${meant}`);
    this.meant = meant;
  }
}

/** A word that is no command of the group that the words before it name. */
export function unknownCommand(path: readonly string[], word: string, { commands }: Group): UsageError {
  const names = Object.keys(commands);
  const meant = meantBy(word, names);
  if (meant !== '') return new UsageError(`Unknown command.${meant}`);
  const group = ['credseal', ...path].join(' ');
  return new UsageError(`Unknown command: ${group} has ${names.join(', ')}. ${NEVER_ARGUMENTS}`);
}

/** ` (Did you mean --pad-to?)`, where one of the known names is close enough to what was typed. */
function meantBy(typed: string, known: readonly string[]): string {
  const name = closestName(typed, spellingsOf(known));
  return name === undefined ? '' : ` (Did you mean ${name}?)`;
}

/** `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`. */
function ordinal(number: number): string {
  const endings = ['th', 'st', 'nd', 'rd'];
  const isTeen = Math.floor(number / 10) % 10 === 1;
  return `${number}${(!isTeen && endings[number % 10]) || 'th'}`;
}
