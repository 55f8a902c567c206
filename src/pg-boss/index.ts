/**
 * Vault jobs on pg-boss (PostgreSQL). Needs the optional peer `pg-boss`.
 *
 * @module credseal/pg-boss
 */

export type { VaultPause } from '../queue/work-job.js';
export {
  createVaultQueues,
  insertPush,
  type PushOptions,
  type QueueOptions,
  resumeVaultQueues,
  type SendHandoffOptions,
  sendHandoff,
  type VaultQueueCounts,
  vaultQueueCounts,
} from './queues.js';
export { type HandoffWorkOptions, workHandoff } from './work-handoff.js';
export { type PushWorkOptions, workPush } from './work-push.js';
export type { RefusedJob, VaultWorker, WorkOptions } from './worker.js';
