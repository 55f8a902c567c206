import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium with a profile of its own, which is gone when it is closed. */
export async function startChromium(
  ...flags: readonly string[]
): Promise<{ context: BrowserContext; profile: string; close(): Promise<void> }> {
  if (!existsSync(PROGRAM)) {
    throw new Error(
      `There is no ${PROGRAM}. Install a browser (Debian: apt-get update && apt-get install -y chromium), or name one in CHROMIUM.`,
    );
  }
  const profile = await mkdtemp(join(tmpdir(), 'credseal-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    args: [...FLAGS, ...flags],
  });
  // A machine that others load is slow, and not wrong.
  context.setDefaultTimeout(120_000);
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, profile, close };
}
