import type { LoadedGroup } from '../command.js';
import { program } from '../program.js';
import { loaded } from './topics.js';

/**
 * Every command with what it declares. The build puts the result, which is data, in the place of this: to show help is
 * not to load what every command takes.
 */
export function declarations(): Promise<LoadedGroup> {
  return loaded(program);
}
