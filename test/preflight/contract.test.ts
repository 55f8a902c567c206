import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// Beside the repository, where it is there at all: the contract is not part of the package.
const CONTRACT = new URL('../../../shared/contract/preflight.ts', import.meta.url);
const contract = existsSync(CONTRACT) ? readFileSync(CONTRACT, 'utf8') : undefined;

const HEAD = `
  import { assertPreflight, guardFetch, KeyRing, preflight, selfTest, VaultKey } from 'credseal';
  import type { CredsealErrorCode, Finding, PreflightReport, RuleId, SealedEntry } from 'credseal';
  declare const key: VaultKey, ring: KeyRing, entry: SealedEntry, report: PreflightReport, finding: Finding;
  export default [assertPreflight, guardFetch, preflight, selfTest, key, ring, entry, report, finding];
`;

const COMPILES: readonly [rule: string, code: string][] = [
  [
    'a sealed entry, several, and anything else',
    'preflight(entry, { keys: key }); preflight([entry], { keys: ring }); preflight(5 as unknown, { keys: key });',
  ],
  [
    'options that are undefined, as they come from optional variables',
    `declare const maybe: string | undefined; declare const op: 'update' | undefined;
    preflight(entry, { keys: key, operation: op }); guardFetch(fetch, { keys: key, baseUrl: maybe });`,
  ],
  [
    'a guarded fetch where a fetch is wanted',
    `const f: typeof fetch = guardFetch(fetch, { keys: ring }); void f('https://a.example'); void f(new Request('https://a.example'));`,
  ],
  [
    'the report of an error',
    `import { CredsealError } from 'credseal'; export const r = (e: CredsealError): PreflightReport | undefined => e.report;`,
  ],
  ['a switch over a rule', `switch (finding.rule) { case 'batch/duplicate-entry': case 'totp/short': }`],
  ['the code of preflight', `export const code: CredsealErrorCode = 'ERR_PREFLIGHT';`],
  ['the backends of the self-test', `export const b: 'node:crypto' | '@noble/ciphers' = selfTest().backend;`],
];

const DOES_NOT_COMPILE: readonly [rule: string, code: string][] = [
  ['no options', 'preflight(entry);'],
  ['no keys', `preflight(entry, { operation: 'create' });`],
  ['a key in hex', `preflight(entry, { keys: 'hex' });`],
  ['a key for options', 'preflight(entry, key);'],
  ['an operation that there is not', `preflight(entry, { keys: key, operation: 'delete' });`],
  ['an option that there is not', 'preflight(entry, { keys: key, padTo: 64 });'],
  ['a rule that there is not', `export const r: RuleId = 'credential/banana';`],
  ['a severity that there is not', `export const s: 'info' = finding.severity;`],
  ['a change of a report', 'report.findings.push(finding);'],
  ['a change of a finding', `finding.message = '';`],
  ['a guard without a fetch', 'guardFetch({ keys: key });'],
  ['a key for the self-test', 'selfTest(key);'],
];

/** What the compiler says about each of these files, which see the sources as the package. */
function compile(files: Readonly<Record<string, string>>): Record<string, string[]> {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    paths: { credseal: [`${ROOT}src/index.ts`], '#aes-gcm': [`${ROOT}src/value/aes-gcm.node.ts`] },
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const texts = new Map(Object.entries(files).map(([name, text]) => [`${ROOT}contract-${name}.ts`, text]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const found: Record<string, string[]> = Object.fromEntries(Object.keys(files).map((name) => [name, []]));
  for (const { file, code, messageText } of ts.getPreEmitDiagnostics(
    ts.createProgram([...texts.keys()], options, host),
  )) {
    const name = file?.fileName.replace(`${ROOT}contract-`, '').replace(/\.ts$/, '') ?? 'options';
    found[name] = [
      ...(found[name] ?? []),
      `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    ];
  }
  return found;
}

const numbered = (cases: readonly [string, string][], kind: string) =>
  cases.map(([rule, code], index) => ({ rule, name: `${kind}${index}`, text: `${HEAD}\n${code}\n` }));
const good = numbered(COMPILES, 'good');
const bad = numbered(DOES_NOT_COMPILE, 'bad');
// In one run, since starting the compiler is what takes time.
const diagnostics = compile({
  ...Object.fromEntries([...good, ...bad].map(({ name, text }) => [name, text])),
  ...(contract && { preflight: contract }),
});

describe('the types of preflight', () => {
  const where = contract === undefined ? ' (skipped: ../shared is not here)' : '';
  it.skipIf(contract === undefined)(`are those of the contract${where}`, () => {
    expect(diagnostics.preflight).toEqual([]);
  });

  it.each(good)('allow $rule', ({ name }) => {
    expect(diagnostics[name]).toEqual([]);
  });

  it.each(bad)('do not allow $rule', ({ name }) => {
    expect(diagnostics[name]).toHaveLength(1);
  });

  it('compile: nothing is wrong anywhere else', () => {
    const names = [...good, ...bad].map(({ name }) => name);
    expect(Object.keys(diagnostics).filter((name) => name !== 'preflight' && !names.includes(name))).toEqual(
      [],
    );
  });
});
