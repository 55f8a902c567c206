import type { HandoffPrivateKeys } from '../../handoff/private-keys.js';
import type { KeyRing } from '../../key/key-ring.js';
import type { SealedJobData } from '../../queue/sealed-job.js';
import type { SendResult } from '../../queue/send-sealed.js';
import type { VaultPause } from '../../queue/work-job.js';
import { CliError, EXIT } from '../exit.js';

/** How many jobs are in which state. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly paused: boolean;
}

/** What a worker knows, and tells. */
export interface WorkerSettings {
  readonly vaultKey: KeyRing;
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  readonly handoffKeys: HandoffPrivateKeys | undefined;
  readonly audience: string | undefined;
  readonly maxAge: number;
  readonly mode: 'create' | 'upsert';
  readonly timeout: number;
  /** How many jobs at once. */
  readonly jobs: number;
  readonly onSent: (counts: SendResult['counts']) => void;
  readonly onPause: (pause: VaultPause) => void;
  readonly onFailed: (id: string, reason: string) => void;
}

/** A queue, whatever its engine. Each call fails with an error for people. */
export interface QueueEngine {
  counts(): Promise<QueueCounts>;
  add(jobs: readonly SealedJobData[]): Promise<void>;
  /** Lets workers go on that stopped for the API key. */
  resume(): Promise<void>;
  /** Begins to work. */
  work(settings: WorkerSettings): {
    /** Whether nothing is left that this worker could do. */
    isEmpty(): Promise<boolean>;
    end(): Promise<void>;
  };
  close(): Promise<void>;
}

/** Loads an engine, which whoever has a queue has installed beside credseal. */
export async function installed<T>(load: () => Promise<T>, hint: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new CliError(EXIT.usage, hint);
  }
}

/** How long nothing from a queue is taken for a queue that is away, in ms. */
export const PATIENCE_MS = 10_000;

/** Does something that a queue has to answer in time. */
export async function inTime<T>(
  work: Promise<T>,
  away: string,
  asTold: (error: unknown) => string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CliError(EXIT.network, away)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(EXIT.network, asTold(error));
  } finally {
    clearTimeout(timer);
  }
}
