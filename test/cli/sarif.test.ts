import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from 'sarif';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { sealEntry, VaultKey } from '../../src/index.js';
import { runHere } from './in-process.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const key = VaultKey.generate();
const ref = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
const good = sealEntry({ ...ref, password: 'hunter2' }, key);
const misspelt = {
  ...sealEntry({ ...ref, permissioned_user_id: 'user-2', password: 'hunter2' }, key),
  passwrod: 'hunter2',
};
const slash = sealEntry(
  { ...ref, permissioned_user_id: 'user-3', domain: 'https://portal.example.com/' },
  key,
);
const lines = (...entries: object[]) => entries.map((one) => `${JSON.stringify(one)}\n`).join('');

async function logOf(files: Readonly<Record<string, string>>, ...names: string[]) {
  const env = { CLOUDCRUISE_ENCRYPTION_KEY: key.toHex() };
  const { code, stdout } = await runHere(['preflight', '--format', 'sarif', ...names], { files, env });
  return { code, stdout, log: JSON.parse(stdout) as Log };
}

it('names rule, level, file, line and field of each finding, and every rule that there is', async () => {
  const { code, stdout, log } = await logOf({ 'a b:c.ndjson': lines(good, misspelt, slash) }, 'a b:c.ndjson');
  const run = log.runs[0];
  expect(run?.results).toMatchObject([
    {
      ruleId: 'payload/unknown-field',
      level: 'error',
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'a%20b%3Ac.ndjson' }, region: { startLine: 2 } },
          logicalLocations: [{ fullyQualifiedName: 'passwrod' }],
        },
      ],
    },
    { ruleId: 'setting/domain-form', level: 'warning' },
  ]);
  const known = run?.tool.driver.rules?.map(({ id }) => id);
  for (const { ruleId } of run?.results ?? []) expect(known).toContain(ruleId);
  expect(run?.properties).toEqual({ ok: false, opened: true, checked: 3, errors: 1, warnings: 1 });
  expect(stdout).not.toContain('hunter2');
  expect(code).toBe(1);
});

it('is a log without results where there is nothing to say', async () => {
  const { code, log } = await logOf({ 'a.json': JSON.stringify(good) }, 'a.json');
  expect(log.runs[0]?.results).toEqual([]);
  expect(code).toBe(0);
});

it('names no place of a file that is not there', async () => {
  const { code, stdout, log } = await logOf({}, 'MARKER.json');
  expect(log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation).toBeUndefined();
  expect(stdout).not.toContain('MARKER');
  expect(code).toBe(4);
});

it('has the members of SARIF 2.1.0, and no others', async () => {
  const { stdout } = await logOf({ 'a.ndjson': lines(good, misspelt, slash) }, 'a.ndjson');
  const file = join(root, 'sarif-log.ts');
  const source = `import type { Log } from 'sarif';\nexport const log: Log = ${stdout};\n`;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});
