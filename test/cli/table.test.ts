import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Declaration, Group, LoadedGroup, Topic } from '../../src/cli/command.js';
import { completionFor, SHELLS } from '../../src/cli/help/completion.js';
import { helpText } from '../../src/cli/help/help.js';
import { manPage } from '../../src/cli/help/man-page.js';
import { reference } from '../../src/cli/help/reference.js';
import { commandsOf, loaded } from '../../src/cli/help/topics.js';
import { program } from '../../src/cli/program.js';

const CLI = fileURLToPath(new URL('../../src/cli', import.meta.url));
const whole = await loaded(program);
const commands = commandsOf(whole);

/** The program with one command changed. */
function withChanged(
  group: LoadedGroup,
  name: string,
  change: (command: Declaration) => Declaration,
): LoadedGroup {
  const topics = group.topics.map((topic): Topic => {
    if ('topics' in topic) return withChanged(topic, name, change);
    return topic.name === name ? change(topic) : topic;
  });
  return { ...group, topics };
}

/** What is made of the declarations of a program. */
const made = (group: LoadedGroup): Record<string, string> => ({
  help: commandsOf(group).map(helpText).join('\n'),
  'man page': manPage(group, '1.2.3'),
  reference: reference(group),
  ...Object.fromEntries(SHELLS.map((shell) => [`completion in ${shell}`, completionFor(shell, group)])),
});

describe('help, man page, reference and completion come from the declaration of a command', () => {
  const before = made(whole);

  test.each<[string, string, (command: Declaration) => Declaration, string]>([
    [
      'an option more',
      'key new',
      (command) => ({
        ...command,
        options: { ...command.options, rewound: { type: 'flag', summary: 'an option more' } },
      }),
      'rewound',
    ],
    [
      'another choice',
      'preflight',
      ({ options = {}, ...command }) => ({
        ...command,
        options: {
          ...options,
          format: { type: 'text', value: 'format', summary: 'how', choices: ['text', 'sarifish'] },
        },
      }),
      'sarifish',
    ],
  ])('%s is in each of them', (_, name, change, word) => {
    const after = made(withChanged(whole, name, change));
    for (const [what, text] of Object.entries(after)) {
      expect(before[what], what).not.toContain(word);
      expect(text.replaceAll('\\-', '-'), what).toContain(word);
    }
  });

  test('an option less is in none of them', () => {
    const after = made(withChanged(whole, 'rotate', ({ options: _, ...command }) => command));
    for (const [what, text] of Object.entries(after)) {
      expect(before[what]?.replaceAll('\\-', '-'), what).toContain('keep-failed');
      expect(text.replaceAll('\\-', '-'), what).not.toContain('keep-failed');
    }
  });

  test('docs/reference.md is the one of this build', () => {
    const document = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');
    expect(document).toContain(reference(whole));
  });
});

describe('a command', () => {
  function namesIn({ commands, default: usual }: Group, path: readonly string[]): string[] {
    if (usual !== undefined) expect(Object.keys(commands)).toContain(usual);
    return Object.entries(commands).flatMap(([name, entry]) =>
      typeof entry === 'function' ? [[...path, name].join(' ')] : namesIn(entry, [...path, name]),
    );
  }

  test('is called what its place in the program says', () => {
    expect(commands.map(({ name }) => name)).toEqual(namesIn(program, []));
  });

  test('is a file, and every file of commands is one', () => {
    const files = readdirSync(join(CLI, 'commands')).map((file) => file.replace('.ts', ''));
    expect(files.sort()).toEqual(commands.map(({ name }) => name.replace(' ', '-')).sort());
  });

  test.each(commands.map((command) => [command.name, command] as const))(
    '%s says what it has to in one line, and conflicts with options that there are',
    (_, { summary, options = {}, arguments: declared = {} }) => {
      for (const line of [summary, ...Object.values({ ...options, ...declared }).map((each) => each.summary)])
        expect(line).toMatch(/^[^\n]+[^.\n]$/);
      for (const { conflicts = [] } of Object.values(options))
        for (const other of conflicts) expect(Object.keys(options)).toContain(other);
      // Both are given to the command side by side.
      expect(Object.keys(options).filter((name) => name in declared)).toEqual([]);
    },
  );

  test('that reports does so as JSON, too', () => {
    const reporting = commands.filter(({ options = {} }) => 'format' in options).map(({ name }) => name);
    expect(reporting).toEqual(
      expect.arrayContaining(['key show', 'import', 'preflight', 'rotate', 'push', 'doctor']),
    );
    expect(reporting).toEqual(
      expect.arrayContaining(['totp show', 'totp code', 'totp verify', 'vectors verify']),
    );
  });
});

describe('the house', () => {
  test('has at most eight files outside of its rooms', () => {
    const files = readdirSync(CLI, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeLessThanOrEqual(8);
  });

  test('has one file that parses options', () => {
    const files = readdirSync(CLI, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const textOf = (file: string) => readFileSync(join(CLI, file), 'utf8');
    expect(files.filter((file) => /\bparseArgs\b|process\.argv/.test(textOf(file))).sort()).toEqual([
      'main.ts',
      'parse.ts',
    ]);
  });

  test('touches the process in one file', () => {
    const files = readdirSync(CLI, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const touching = files.filter((file) =>
      /(?<![.\w{ ] ?)process\.(?:stdin|stdout|stderr|env|argv|cwd|exitCode)/.test(
        readFileSync(join(CLI, file), 'utf8'),
      ),
    );
    expect(touching).toEqual(['main.ts']);
  });
});
