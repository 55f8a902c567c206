import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { inject } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Options for a project that has Node's types: for `compile`. */
export const NODE_TYPES: ts.CompilerOptions = {
  typeRoots: [join(ROOT, 'node_modules/@types')],
  types: ['node'],
};

/** What a compiler says about one file: `TS2322: Type 'string' is not …`. */
export type Diagnostics = Readonly<Record<string, string[]>>;

/** An empty project that has nothing but the packed package installed, with its dependencies. */
export interface Project {
  readonly directory: string;
  /** The packed package itself, a file. */
  readonly tarball: string;
  /** Compiles files of this project, given as text, and nothing is emitted. What is wrong outside of them is under their own names. */
  compile(files: Readonly<Record<string, string>>, options?: ts.CompilerOptions): Diagnostics;
  /** Runs a module with Node and gives what it prints. */
  run(source: string, ...nodeOptions: string[]): string;
  remove(): void;
}

/**
 * Packs this checkout as it would be published and installs it in a directory outside of it. The dependencies are
 * those of this checkout, so that no network is needed.
 */
export function installPackage(): Project {
  if (!existsSync(join(ROOT, 'dist/index.js')) || !existsSync(join(ROOT, 'dist/index.d.ts'))) {
    throw new Error('dist/ is missing: run "npm run build" first ("npm test" does).');
  }
  const directory = mkdtempSync(join(tmpdir(), 'credseal-project-'));
  const modules = join(directory, 'node_modules');
  const installed = join(modules, 'credseal');
  mkdirSync(installed, { recursive: true });
  const tarball = packed();
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'dir');
  }
  writeFileSync(
    join(directory, 'package.json'),
    '{ "name": "consumer", "private": true, "type": "module" }\n',
  );
  return {
    directory,
    tarball,
    compile: (files, options = {}) => compile(directory, files, options),
    run: (source, ...nodeOptions) =>
      execFileSync(process.execPath, [...nodeOptions, '--input-type=module', '--eval', source], {
        cwd: directory,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The packed package: of this run, packed by whoever asks first. */
function packed(): string {
  const folder = inject('packed');
  const there = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (there !== undefined) return join(folder, there);
  // In a folder of its own, since another file may do so at the same time.
  const own = mkdtempSync(join(folder, 'packing-'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', own], { cwd: ROOT });
  const [name = ''] = readdirSync(own);
  renameSync(join(own, name), join(folder, name));
  return join(folder, name);
}

/** As contract/README.md says; everything else as the compiler has it by default. */
const CONTRACT: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

function compile(
  directory: string,
  files: Readonly<Record<string, string>>,
  options: ts.CompilerOptions,
): Diagnostics {
  const paths = Object.keys(files).map((name) => join(directory, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const found: Record<string, string[]> = Object.fromEntries(Object.keys(files).map((name) => [name, []]));
  const settings = { ...CONTRACT, ...options };
  // Else the compiler would find this checkout's @types from where the tests run.
  const host = { ...ts.createCompilerHost(settings), getCurrentDirectory: () => directory };
  const program = ts.createProgram(paths, settings, host);
  for (const { file, code, messageText } of ts.getPreEmitDiagnostics(program)) {
    const name = file?.fileName.replace(`${directory}/`, '') ?? 'options';
    found[name] ??= [];
    found[name].push(`TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  }
  return found;
}
