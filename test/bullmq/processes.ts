import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { API_KEY, KEY } from '../emulator/local-vault.js';
import { privateJwk } from '../queue/jobs.js';

/** A worker of BullMQ as a process that is ready. */
export const startWorker = (port: number, baseUrl: string) =>
  startProcess(new URL('./worker.js', import.meta.url), baseUrl, { PORT: `${port}` });

/** A worker process that is ready. */
export async function startProcess(file: URL, baseUrl: string, queue: object): Promise<ChildProcess> {
  const env = {
    ...queue,
    HANDOFF_KEY: JSON.stringify(privateJwk),
    CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex(),
    CLOUDCRUISE_API_KEY: API_KEY,
    CLOUDCRUISE_BASE_URL: baseUrl,
  };
  const child = spawn(process.execPath, [fileURLToPath(file)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => void (await end(child, 'SIGKILL')));
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  return child;
}

/** Ends a process that was started here, and waits for that. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = await exited;
  return code;
}

/** The resident memory of a process, in MB. */
export function megabytesOf({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
