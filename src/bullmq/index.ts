export type { VaultPause } from '../queue/work-job.js';
export { handoffJob, jobOptions, pushJob, type VaultJob } from './jobs.js';
export {
  type VaultProcessor,
  type VaultProcessorOptions,
  vaultProcessor,
  workerOptions,
} from './vault-processor.js';
