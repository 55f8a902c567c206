import type { LoadedGroup } from '../command.js';
import { bashCompletion } from './completion-bash.js';
import { fishCompletion } from './completion-fish.js';
import { zshCompletion } from './completion-zsh.js';
import { placeOf } from './places.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/**
 * A script for a shell, made of what is declared: a key press that starts a process would be felt. It completes
 * commands, options, names of files where a file is meant, and choices.
 */
export function completionFor(shell: (typeof SHELLS)[number], program: LoadedGroup): string {
  const place = placeOf(program);
  if (shell === 'bash') return bashCompletion(place);
  return shell === 'zsh' ? zshCompletion(place) : fishCompletion(place);
}
