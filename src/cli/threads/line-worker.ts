import { parentPort, workerData } from 'node:worker_threads';
import type { LineBlock } from '../../bulk/line-blocks.js';
import { CredsealError } from '../../errors.js';
import { KeyRing } from '../../key/key-ring.js';
import { VaultKey } from '../../key/vault-key.js';
import { CliError } from '../exit.js';
import { blockWorkOf, type Task } from '../tasks/task.js';
import type { BlockResult } from '../tasks/work.js';
import { release } from './release.js';

/** What a worker is started with. The keys are its own copies, handed over and not shared. */
export interface WorkerStart {
  readonly task: Task;
  readonly keys: readonly Uint8Array[];
}

/** What a worker is told: a block, or that there are no more. */
export type ToWorker = LineBlock | 'end';

/** What a worker tells: that it is ready, what came of a block, or why the whole document is refused. */
export type FromWorker = 'ready' | BlockResult | { readonly refused: string };

if (parentPort === null) throw new Error('line-worker is started as a worker thread.');
const port = parentPort;
const { task, keys } = workerData as WorkerStart;
const [current, ...previous] = keys.map((bytes) => VaultKey.fromBytes(bytes));
if (current === undefined) throw new Error('line-worker needs a key.');
for (const bytes of keys) bytes.fill(0);
const ring = new KeyRing(current, previous);
const work = blockWorkOf(task, ring);

port.on('message', (message: ToWorker) => {
  if (message === 'end') {
    for (const key of ring.keys) key.destroy();
    port.close();
    return;
  }
  const answer = answerTo(message);
  release(message.bytes);
  port.postMessage(answer, 'bytes' in answer ? [answer.bytes.buffer as ArrayBuffer] : []);
});
port.postMessage('ready' satisfies FromWorker);

function answerTo(block: LineBlock): BlockResult | { readonly refused: string } {
  try {
    return work(block);
  } catch (error) {
    // Any other error is a fault of ours: it ends this worker, and is told as that.
    if (error instanceof CredsealError || error instanceof CliError) return { refused: error.message };
    throw error;
  }
}
