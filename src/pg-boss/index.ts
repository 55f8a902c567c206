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
