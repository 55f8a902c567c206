import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { describe, expect, test } from 'vitest';
import { MAIN, runNode } from './run.js';

const DIST = new URL('../../dist/', import.meta.url);
const { dependencies, peerDependencies, man } = JSON.parse(
  readFileSync(new URL('../package.json', DIST), 'utf8'),
);
const FILES = readdirSync(new URL('cli', DIST));
const textOf = (name: string) => readFileSync(new URL(`cli/${name}`, DIST), 'utf8');

describe('the built command line', () => {
  test('is a file that reads the command line, and one for each command or some that are alike', () => {
    // Those that need much of the same are in one file.
    const together: Readonly<Record<string, RegExp>> = {
      entries: /^(?:payload|request|rotate|preflight)$/,
      vault: /^vault-/,
      plans: /^(?:plan|apply)$/,
      queues: /^(?:work|queue-.*)$/,
      totp: /^totp-/,
      manifest: /^manifest-/,
      keys: /^key-(?!new)/,
    };
    const commands = readdirSync(new URL('../src/cli/commands', DIST)).map((file) => {
      const command = file.replace('.ts', '');
      const shared = Object.keys(together).find((name) => together[name]?.test(command));
      return `${shared ?? command}.js`;
    });
    // What shows all commands, what they declare, what a thread runs, that these are no ES modules, and the licences of what
    // they hold; and the list of domains, which joining second factors needs.
    const others = ['main.js', 'whole.js', 'declarations.js', 'line-worker.js', 'package.json'].concat(
      'registrable-domain.js',
      'LICENSES.txt',
    );
    expect(FILES.sort()).toEqual([...new Set([...commands, ...others])].sort());
  });

  test('loads one file to run a command, and no ES module', async () => {
    const hook = `process.on('exit', () => console.log(Object.keys(require.cache).map((path) => path.split('/').pop()).join()));`;
    const { stdout } = await runNode(['--require', './hook.cjs', MAIN, 'key', 'new'], {
      files: { 'hook.cjs': hook },
    });
    expect(stdout.trim().split('\n').at(-1)).toBe('hook.cjs,main.js,key-new.js');
  });

  test.each(FILES.filter((file) => file.endsWith('.js')))(
    '%s loads only what is in Node, in the package, or in a dependency',
    (name) => {
      const { resolve } = createRequire(new URL(`cli/${name}`, DIST));
      const loads = [...textOf(name).matchAll(/\b(require|import)\("([^"]+)"(?:\.slice\(\))?\)/g)];
      for (const [, how, from = ''] of loads.filter(([, , each = '']) => !isBuiltin(each))) {
        if (from.startsWith('.')) {
          expect(existsSync(new URL(from, new URL('cli/', DIST))), from).toBe(true);
          continue;
        }
        // An engine of a queue is installed by whoever has one.
        const names = Object.keys({ ...dependencies, ...peerDependencies });
        const isDependency = names.some((each) => `${from}/`.startsWith(`${each}/`));
        expect(isDependency, from).toBe(true);
        if (how === 'require') expect(resolve(from)).toContain('node_modules');
      }
    },
  );

  test('comes with its manual page', () => {
    expect(readFileSync(new URL(`../${man}`, DIST), 'utf8')).toMatch(/^\.TH CREDSEAL 1 /);
  });
});
