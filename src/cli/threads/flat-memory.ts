// Left to itself, V8 lets the heap of a long run grow to several times what a short one needs, since collecting less
// often is cheaper by a few per cent. Both settings are read whenever the heap might grow, so that they may be set
// while the process runs, and they hold for all of its threads. But V8 sets the first one back to 2 when a thread starts.
//
// The third one is for time: V8 shares the collection of young objects among threads of its own, for which a heap that
// is this small has no work, and which wait for the cores that seal. It is read at every such collection.
const FLAGS = ['--semi-space-growth-factor=1', '--heap-growing-percent=20', '--no-parallel-scavenge'];

/** Not loaded where nothing is long. */
const v8 = () => process.getBuiltinModule('node:v8');

/**
 * Keeps the memory of this process where it is after the first thousands of entries, and its collection in its threads.
 * To be called again when a thread has started.
 */
export function keepMemoryFlat(): void {
  const { setFlagsFromString } = v8();
  for (const flag of FLAGS) setFlagsFromString(flag);
}

/**
 * Lets heaps grow as they do by themselves: one that fills from nothing takes twice as long with a collection at every
 * step. To be called before a thread starts.
 */
export function letMemoryGrow(): void {
  const { setFlagsFromString } = v8();
  setFlagsFromString('--heap-growing-percent=0');
}
