import { Worker } from 'node:worker_threads';
import { filledLines, type LineBlock } from '../../bulk/line-blocks.js';
import type { KeyRing } from '../../key/key-ring.js';
import { keyBytes } from '../../key/vault-key.js';
import { CliError, EXIT } from '../exit.js';
import { tooLarge } from '../input/document-source.js';
import { packageFile } from '../input/package-files.js';
import type { Task } from '../tasks/task.js';
import type { BlockResult } from '../tasks/work.js';
import { keepMemoryFlat, letMemoryGrow } from './flat-memory.js';
import type { FromWorker, ToWorker, WorkerStart } from './line-worker.js';

// A file by itself, which has all that a thread needs.
const LINE_WORKER = packageFile('dist/cli/line-worker.js');

/** One in work, and others that wait, so that the thread never does, also where the main one is long at a block. */
const BLOCKS_A_THREAD = 4;

/** A block that a worker was given, until it answers. */
interface Given {
  readonly block: LineBlock;
  readonly resolve: (result: BlockResult) => void;
  readonly reject: (error: Error) => void;
}

/** A worker, and what it was given: the first of them is in work. */
interface Member {
  readonly worker: Worker;
  readonly given: Given[];
  readonly ended: Promise<unknown>;
  isReady: boolean;
}

/**
 * Threads that work on blocks of lines. One that dies fails the block that it had, line by line, and is replaced:
 * what it was only waiting with goes to another. The pool takes any number of blocks; bounding them is for the caller.
 */
export class WorkerPool {
  readonly #start: { readonly task: Task; readonly ring: KeyRing; readonly script: URL };
  #members: Member[] = [];
  #starting = 0;
  #isEnding = false;

  /** @param script what the threads run: another one for tests only. */
  constructor(size: number, task: Task, ring: KeyRing, script = LINE_WORKER) {
    this.#start = { task, ring, script };
    for (let count = 0; count < size; count++) this.#members.push(this.#startMember());
  }

  /** Whether a thread is there that has less than it may have. One that does not start has room for none. */
  get hasRoom(): boolean {
    return this.#members.some(({ isReady, given }) => isReady && given.length < BLOCKS_A_THREAD);
  }

  run(block: LineBlock): Promise<BlockResult> {
    return new Promise((resolve, reject) => this.#give({ block, resolve, reject }));
  }

  /** Lets the threads wipe their keys and end. One that has not even started is not waited for. */
  async end(): Promise<void> {
    this.#isEnding = true;
    for (const { worker, isReady } of this.#members) {
      if (isReady) worker.postMessage('end' satisfies ToWorker);
      else await worker.terminate();
    }
    await Promise.all(this.#members.map(({ ended }) => ended));
  }

  #give(given: Given): void {
    const ready = this.#members.filter(({ isReady }) => isReady);
    const idlest = (ready.length > 0 ? ready : this.#members).reduce((least, member) =>
      member.given.length < least.given.length ? member : least,
    );
    idlest.given.push(given);
    // A copy goes over: ours is needed if the thread dies.
    const bytes = new Uint8Array(given.block.bytes);
    idlest.worker.postMessage({ ...given.block, bytes } satisfies ToWorker, [bytes.buffer]);
  }

  #startMember(): Member {
    const { task, ring, script } = this.#start;
    // In memory that the engine does not move: a copy of the key's own.
    const keys = ring.keys.map((key) => new Uint8Array(keyBytes(key).buffer.slice(0)));
    this.#starting += 1;
    letMemoryGrow();
    const worker = new Worker(script, {
      workerData: { task, keys } satisfies WorkerStart,
      transferList: keys.map(({ buffer }) => buffer as ArrayBuffer),
      // The environment may hold the key: no further copy of it.
      env: {},
    });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    const member: Member = { worker, given: [], ended, isReady: false };
    worker.on('message', (message: FromWorker) => {
      if (message !== 'ready') return answer(member, message);
      member.isReady = true;
      this.#hasStarted();
    });
    // What it died of may quote what it was working on: the exit that follows is enough.
    worker.on('error', () => undefined);
    worker.on('exit', () => this.#replace(member));
    return member;
  }

  /** One is ready, or will never be: memory is kept flat again once no other fills its heap. */
  #hasStarted(): void {
    this.#starting -= 1;
    if (this.#starting === 0) keepMemoryFlat();
  }

  #replace(dead: Member): void {
    if (!dead.isReady) this.#hasStarted();
    if (this.#isEnding || !dead.isReady) {
      // One that does not even start would not start again either. What it was to do cannot be done; there is such
      // only where it was to replace another.
      if (!this.#isEnding) process.stderr.write('A worker thread does not start; the others go on.\n');
      const error = new CliError(EXIT.checkFailed, 'A worker thread cannot be started: use --jobs 1.');
      for (const { reject } of dead.given) reject(error);
      return;
    }
    const [inWork, ...waiting] = dead.given;
    this.#members = this.#members.map((member) => (member === dead ? this.#startMember() : member));
    if (inWork) {
      const { block, resolve, reject } = inWork;
      const isKept = this.#start.task.kind === 'rotate' && this.#start.task.keepFailed;
      if (isKept && block.isTooLong) reject(tooLarge());
      else resolve(lost(block, isKept));
    }
    for (const given of waiting) this.#give(given);
  }
}

function answer(member: Member, message: Exclude<FromWorker, 'ready'>): void {
  const given = member.given.shift();
  if ('refused' in message) given?.reject(new CliError(EXIT.input, message.refused));
  else given?.resolve(message);
}

/** What came of a block whose thread died; its lines are in the result where those that fail are kept. */
function lost(block: LineBlock, isKept: boolean): BlockResult {
  const problems = [
    'The worker thread that had this line ended, and its results are lost. Give it again, with --jobs 1.',
  ];
  return {
    // A copy, since the block is released.
    bytes: new Uint8Array(isKept ? block.bytes : []),
    done: 0,
    failures: filledLines(block).map((line) => ({ line, problems })),
  };
}
