export { handoffJob, jobOptions, pushJob, type VaultJob } from './jobs.js';
export {
  type VaultPause,
  type VaultProcessor,
  type VaultProcessorOptions,
  vaultProcessor,
  workerOptions,
} from './vault-processor.js';
