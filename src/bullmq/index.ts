/**
 * Vault jobs on BullMQ (Redis). Needs the optional peer `bullmq`.
 *
 * @module credseal/bullmq
 */

export type { VaultPause } from '../queue/work-job.js';
export { handoffJob, jobOptions, pushJob, type VaultJob } from './jobs.js';
export {
  type VaultProcessor,
  type VaultProcessorOptions,
  vaultProcessor,
  workerOptions,
} from './vault-processor.js';
