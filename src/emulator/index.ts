/**
 * A local vault for tests. Needs Node, Bun or Deno.
 *
 * @module credseal/emulator
 */

export type { EntryRef } from '../entry/fields.js';
export type { Fault, FaultRequest, Faults } from './faults.js';
export type { EmulatorAnswer, EmulatorOptions } from './options.js';
export type { RateLimit, RateLimitCounts } from './rate-limit.js';
export { type Emulator, startEmulator } from './start-emulator.js';
