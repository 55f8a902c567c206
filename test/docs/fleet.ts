import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { end } from '../bullmq/processes.js';
import { installPackage } from '../e2e/installed-package.js';
import { API_KEY, KEY } from '../emulator/local-vault.js';
import { privateJwk, tokenOf, until } from '../queue/jobs.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8');

/** The code of the page that imports something: at most 15 lines, as it is promised. */
export function snippet(language: 'js' | 'sh', ...has: string[]): string {
  const blocks = Array.from(PAGE.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g')));
  const found = blocks
    .map(([, code = '']) => code)
    .filter((code) => has.every((text) => code.includes(text)));
  expect(found).toHaveLength(1);
  const [code = ''] = found;
  expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
  return code;
}

/** An empty project with the packed package and an engine, in which the page is followed. */
export function reader(url: string, env: Readonly<Record<string, string>>, ...engines: string[]) {
  const { directory, remove } = installPackage();
  onTestFinished(remove);
  for (const name of engines) {
    mkdirSync(dirname(join(directory, 'node_modules', name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(directory, 'node_modules', name), 'dir');
  }
  writeFileSync(join(directory, 'handoff.jwk'), JSON.stringify(privateJwk));
  const all = {
    PATH: process.env.PATH ?? '',
    CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex(),
    CLOUDCRUISE_API_KEY: API_KEY,
    CLOUDCRUISE_BASE_URL: url,
    ...env,
  };
  /** Starts a file, and gives its process with what it has printed. */
  function start(name: string, code: string): { child: ChildProcess; said: () => string } {
    const file = join(directory, name);
    writeFileSync(file, code);
    const child = spawn(process.execPath, [file], { cwd: directory, env: all });
    onTestFinished(async () => void (await end(child, 'SIGKILL')));
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk;
      });
    return { child, said: () => text };
  }
  return { directory, start, env: all };
}

/**
 * Starts the worker of the page twice, kills one of them in the middle, and waits until the other has done the rest.
 *
 * @param stored how many entries the vault has.
 * @param idle until nothing waits.
 */
export async function outliveAKill(
  { start }: ReturnType<typeof reader>,
  worker: string,
  { stored, idle }: { readonly stored: () => Promise<number>; readonly idle: (ms: number) => Promise<void> },
): Promise<void> {
  const [victim, other] = [start('one.mjs', worker), start('other.mjs', worker)];
  await until(async () => (await stored()) > 5, 'it has begun');
  await end(victim.child, 'SIGKILL');
  await idle(120_000);
  expect(await end(other.child, 'SIGTERM')).toBe(0);
  expect(other.said()).toBe('');
}

/** Some users, and the tokens of their entries. */
export const USERS = Array.from({ length: 30 }, (_, index) => `user-${index}`);
export const tokensOfUsers = () =>
  Promise.all(USERS.map(async (user) => ({ token: await tokenOf(user), user })));

/** What calls the producer of the page, which stands in producer.mjs, for some tokens. */
export const producing = (tokens: readonly { readonly token: string; readonly user: string }[]) => `
import { enqueue } from './producer.mjs';
for (const { token, user } of ${JSON.stringify(tokens)}) await enqueue(token, user);
process.exit();
`;
