export type { EntryRef } from '../entry/fields.js';
export type { Fault, FaultRequest, Faults } from './faults.js';
export type { EmulatorAnswer, EmulatorOptions } from './options.js';
export { type Emulator, startEmulator } from './start-emulator.js';
