import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerRequest, vectorRequests } from '../../src/vectors/index.js';
import { documents, testsOf } from '../vectors/vectors.js';
import { runHere } from './in-process.js';
import { MAIN, run } from './run.js';

const LIBRARY = new URL('../vectors/index.js', pathToFileURL(MAIN)).href;
/** Has the right answers in it, by the id of the request: most programs here need not work them out. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credseal-answers-'));
  const answers = await Promise.all(
    vectorRequests(documents).map(async (request) => [request.id, await answerRequest(request)]),
  );
  await writeFile(join(folder, 'answers.json'), JSON.stringify(Object.fromEntries(answers)));
});
afterAll(() => rm(folder, { recursive: true }));

const COUNT = Object.values(documents).reduce((sum, document) => sum + testsOf(document).length, 0);

const ANSWERED_BEFORE = `
import { readFileSync } from 'node:fs';
const answers = JSON.parse(readFileSync(process.env.ANSWERS + '/answers.json', 'utf8'));
const answerRequest = ({ id }) => answers[id];`;
const ANSWERED_BY_THE_LIBRARY = `import { answerRequest } from ${JSON.stringify(LIBRARY)};`;

/** A program that answers each line by this piece of code: `answer` is the right one. */
const program = (write: string, before = '', answered = ANSWERED_BEFORE) => `
import { createInterface } from 'node:readline';
${answered}
${before}
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = { ...(await answerRequest(request)), id: request.id };
  ${write}
}
`;
const right = 'console.log(JSON.stringify(answer));';

const MARKER = 'variable-of-ours';
/** Variables that hold what is ours, and may hold a secret, however somebody spells them. */
const OURS = [
  'CREDSEAL_PASSPHRASE',
  'credseal_passphrase',
  'CREDSEAL_PASSPHRASE_OLD',
  'CLOUDCRUISE_ENCRYPTION_KEY',
  'CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS',
  'CLOUDCRUISE_API_KEY_STAGING',
  'Cloudcruise_Api_Key',
  'CLOUDCRUISE',
  'TF_VAR_cloudcruise_api_key',
];

/** Runs the vectors against a program that is given as the text of a module. */
async function verify(source: string, ...args: string[]) {
  const outcome = await runHere(
    ['vectors', 'verify', '--exec', `'${process.execPath}' program.mjs`, '--format', 'json', ...args],
    {
      files: { 'program.mjs': source },
      env: {
        PATH: process.env.PATH ?? '',
        ANOTHER: 'another',
        ANSWERS: folder,
        ...Object.fromEntries(OURS.map((name) => [name, MARKER])),
      },
    },
  );
  return { ...outcome, report: JSON.parse(outcome.stdout) };
}

describe('credseal vectors verify', () => {
  test('runs every vector against this build, and reports per file, and per flag with --verbose', async () => {
    const short = await run(['vectors', 'verify']);
    const { code, stdout, stderr } = await runHere(['vectors', 'verify', '--verbose']);
    expect(short.stdout).toBe(stdout.replaceAll(/^ {2}\S.*\n/gm, ''));
    expect(short.stdout.split('\n')).toHaveLength(Object.keys(documents).length + 3);
    expect([code, stderr]).toEqual([0, '']);
    for (const [name, document] of Object.entries(documents)) {
      const count = testsOf(document).length;
      expect(stdout).toMatch(new RegExp(`^${name.replace('.', '\\.')} +${count} +${count} +0 +0$`, 'm'));
      for (const flag of Object.keys(document.notes))
        expect(stdout).toMatch(new RegExp(`^  ${flag} +\\d+`, 'm'));
    }
    expect(stdout).toMatch(new RegExp(`^all +${COUNT} +${COUNT} +0 +0$`, 'm'));
  });

  test('reports as JSON', async () => {
    const { code, stdout } = await runHere(['vectors', 'verify', '--format', 'json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { ok: true, disagreements: [], problems: [] }]);
  });
});

describe('credseal vectors verify --exec', () => {
  test('agrees with a program that is right', async () => {
    const { code, report } = await verify(program(right, '', ANSWERED_BY_THE_LIBRARY), '--timeout', '30');
    expect([code, report.ok, report.problems]).toEqual([0, true, []]);
  });

  test('takes answers in any order, and all at the end', async () => {
    const { code } = await verify(
      program(
        'lines.unshift(JSON.stringify(answer));',
        'const lines = [];\nprocess.on("exit", () => { for (const line of lines) require("node:fs").writeSync(1, line + "\\n"); });',
      ).replace(
        'import { createInterface }',
        'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);\nimport { createInterface }',
      ),
      // Until all are answered nothing is heard of it, however slow the machine.
      '--timeout',
      '150',
    );
    expect(code).toBe(0);
  });

  test('sends ASCII', async () => {
    const { code, report } = await verify(
      program(`if (/[^ -~]/.test(line)) answer.error = 'ERR_SEEN';\n${right}`),
    );
    expect([code, report.disagreements]).toEqual([0, []]);
  });

  test('hands over the environment without any variable of ours', async () => {
    const { code, report } = await verify(
      program(
        right,
        `const ours = Object.keys(process.env).filter((name) => process.env[name] === '${MARKER}');
        if (ours.length > 0 || process.env.ANOTHER !== 'another') throw new Error(ours.join());`,
      ),
    );
    expect([code, report.problems]).toEqual([0, []]);
  });

  test('says where a program is wrong', async () => {
    const { code, report } = await verify(
      program(
        `if (answer.error === 'ERR_OPEN_FAILED') { delete answer.error; answer.value = request.sealed; }\n${right}`,
      ),
    );
    expect([code, report.problems]).toEqual([1, []]);
    const [malformed] = report.files.filter(({ file }: { file: string }) => file === 'malformed-values.json');
    expect(malformed.flags.WrongKey).toMatchObject({ agree: 0 });
    expect(malformed.flags.ShortTag).toMatchObject({ disagree: 0 });
  });

  test('shows what was expected and what came, shortened, without control characters', async () => {
    const { code, stdout } = await runHere(
      ['vectors', 'verify', '--exec', `'${process.execPath}' program.mjs`],
      {
        files: {
          'program.mjs': program(
            `if (answer.value) answer.value = '\\u001b[31m' + 'x'.repeat(9999);\n${right}`,
          ),
        },
        env: { PATH: process.env.PATH ?? '', ANSWERS: folder },
      },
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^[\w-]+\.json, test \d+, open: .+\n {4}expected .+\n {4}got {6}.+… \(\d+ characters\)$/m,
    );
    expect(stdout).toMatch(/^and \d+ more$/m);
    expect(stdout).not.toContain('\u001b');
    expect(stdout.length).toBeLessThan(50_000);
  });

  test('counts methods that a program does not have apart', async () => {
    const { code, report } = await verify(
      program(
        `console.log(JSON.stringify(/^(open|seal)$/.test(request.method) ? answer : { id: request.id, unsupported: true }));`,
      ),
    );
    const unsupported = report.files.filter(({ unsupported: count }: { unsupported: number }) => count > 0);
    expect([code, report.ok, unsupported.length > 0]).toEqual([0, true, true]);
  });

  test.each<[string, string, RegExp]>([
    ['ends at once', 'process.exit(3);', /ended with exit code 3 after 0 of \d+ answers/],
    ['is not there', '', /ended with exit code 0 after 0 of/],
    [
      'dies in the middle',
      program(`if (request.id === 100) process.kill(process.pid, 'SIGKILL');\n${right}`),
      /ended .*after \d+ of \d+ answers/,
    ],
    [
      'hangs',
      program('await new Promise(() => setTimeout(() => undefined, 1e6));'),
      /no answer for 3 s and was stopped, after 0 of/,
    ],
    [
      'hangs in the middle',
      program(`if (request.id === 50) await new Promise(() => setTimeout(() => undefined, 1e6));\n${right}`),
      /no answer for 3 s and was stopped, after 49 of/,
    ],
    [
      'writes junk without end',
      'for (;;) { console.log("junk"); await new Promise((done) => setTimeout(done, 5)); }',
      /no answer for 3 s/,
    ],
    [
      'writes one line without end',
      `process.stdin.resume(); for (;;) { if (!process.stdout.write('x'.repeat(1e5))) await new Promise((done) => process.stdout.once('drain', done)); }`,
      /a line that has no end/,
    ],
    [
      'writes other lines as well',
      program(`console.log('debug: \\u001b[31m');\n${right}`),
      /wrote \d+ lines that are no answer.*debug/,
    ],
    [
      'answers what nobody asked',
      program(`console.log(JSON.stringify({ id: 1e9 }));\n${right}`),
      /wrote \d+ lines that are no answer/,
    ],
    ['answers twice', program(`${right}\n${right}`), /wrote \d+ lines that are no answer/],
    ['answers without id', program(`delete answer.id; ${right}`), /wrote \d+ lines that are no answer/],
    [
      'has no method at all',
      program('console.log(JSON.stringify({ id: request.id, unsupported: true }));'),
      /does not answer "open"/,
    ],
  ])('reports a program that %s, and waits for nothing', async (_, source, problem) => {
    // A program that answers may take a while to start.
    const limit = problem.source.includes('for 3 s') ? '3' : '60';
    const { code, report } = await verify(source, '--timeout', limit);
    expect([code, report.ok]).toEqual([1, false]);
    expect(report.problems.join('\n')).toMatch(problem);
    expect(report.problems.join('\n')).not.toContain('\u001b');
  });

  test('tells of no vector where nothing was answered', async () => {
    const { code, stdout } = await runHere(['vectors', 'verify', '--exec', 'exit 3']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^Problem: The program ended with exit code 3 after 0 of \d+ answers \(one for each method of each test\)\.\n/,
    );
    expect(stdout.trimEnd().split('\n').length).toBeLessThan(5);
  });

  test('does not wait for a program that has answered everything and stays', async () => {
    const { code } = await verify(`setInterval(() => undefined, 1e6);\n${program(right)}`);
    expect(code).toBe(0);
  });

  test.each([
    ['--exec', ''],
    ['--exec', 'true', '--timeout', '0'],
    ['--exec', 'true', '--timeout', 'soon'],
    ['--format', 'xml'],
    ['--unknown'],
    ['surplus'],
  ])('refuses %s %s as usage', async (...args) => {
    const { code, stdout } = await runHere(['vectors', 'verify', ...args]);
    expect([code, stdout]).toEqual([2, '']);
  });
});
