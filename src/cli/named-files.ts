import type { NamedFile } from './file-access.js';

type Options = Readonly<Record<string, unknown>>;

/** The options that name a file, by the names that the parser gives them. */
const OPTIONS: Readonly<Record<string, Pick<NamedFile, 'role' | 'access'>>> = {
  keyFile: { role: '--key-file', access: 'read' },
  envFile: { role: '--env-file', access: 'read' },
  previousKeyFile: { role: '--previous-key-file', access: 'read' },
  faultScript: { role: '--fault-script', access: 'read' },
  journal: { role: '--journal', access: 'both' },
  data: { role: '--data', access: 'both' },
  failed: { role: '--failed', access: 'write' },
};

/** Commands whose argument is FILE, and whether results may go over it: then nothing of it is lost. */
const READS_FILE: Readonly<Record<string, { readonly isReplaceable: boolean }>> = {
  payload: { isReplaceable: true },
  request: { isReplaceable: true },
  rotate: { isReplaceable: true },
  import: { isReplaceable: false },
  push: { isReplaceable: false },
  preflight: { isReplaceable: false },
};
const READS_STDIN = ['seal', 'open', 'totp show', 'totp code', 'totp verify'];
/** Where they are given no other way. */
const READS_KEYS_FROM_STDIN = ['key protect', 'key unprotect'];
/** What it writes to standard output is no result. */
const WRITES_NO_STDOUT = ['push'];

/**
 * Every file that a command line names, and what is done to it.
 *
 * @param command its name, as it is typed: `payload`, `key protect`.
 */
export function namedFiles(command: string, operands: readonly string[], options: Options): NamedFile[] {
  const { keyFile, envFile, passphraseFd, output, inPlace } = options;
  const files: NamedFile[] = [];
  const reading = READS_FILE[command];
  if (reading !== undefined) {
    const [first, ...others] = operands;
    files.push({ role: 'FILE', path: first, access: inPlace === true ? 'both' : 'read' });
    for (const [index, path] of others.entries())
      files.push({ role: `FILE ${index + 2}`, path, access: 'read' });
  }
  const readsKeys = READS_KEYS_FROM_STDIN.includes(command) && keyFile === undefined && envFile === undefined;
  if (readsKeys || READS_STDIN.includes(command)) files.push({ role: 'standard input', access: 'read' });
  for (const [name, file] of Object.entries(OPTIONS)) {
    const paths = [options[name] ?? []].flat() as string[];
    files.push(...paths.map((path) => ({ ...file, path })));
  }
  if (typeof passphraseFd === 'string' && /^\d+$/.test(passphraseFd))
    files.push({ role: '--passphrase-fd', fd: Number(passphraseFd), access: 'read' });
  const over = reading?.isReplaceable === true ? 'FILE' : undefined;
  if (typeof output === 'string' && output !== '-')
    files.push({ role: '--output', path: output, access: 'write', over });
  else if (inPlace !== true && !WRITES_NO_STDOUT.includes(command))
    files.push({ role: 'standard output', access: 'write' });
  return files;
}
