// npm run bench:bulk: entries a second and peak memory of `credseal payload` over generated NDJSON, with one job and
// with two, against a loop over the published client that checks nothing; and of `credseal import` over a CSV file of
// Chrome, of `credseal preflight` and of `credseal rotate`, against `credseal payload` of the same entries. Whole
// processes, from file to file, in alternating rounds; medians. With --write the table goes into docs/many-entries.md; --quick leaves the millions out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEntry, VaultKey } from 'credseal';
import { withPart } from '../scripts/page-part.js';
import { median, report } from './rounds.js';

const hex = '0123456789abcdef'.repeat(4);
const key = VaultKey.fromHex(hex);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const main = here('../dist/cli/main.js');

const SIZES = [
  { count: 10_000, rounds: 9 },
  { count: 100_000, rounds: 5 },
  { count: 1_000_000, rounds: 3 },
];
const CASES = {
  loop: (file) => [here('./published-loop.js'), file],
  oneJob: (file) => [main, 'payload', '--jobs', '1', file],
  twoJobs: (file) => [main, 'payload', '--jobs', '2', file],
};

/** The same entries in both files. */
const IMPORT_SIZES = [
  { count: 200_000, rounds: 5 },
  { count: 1_000_000, rounds: 1 },
];
const IMPORT_CASES = {
  payload: (file) => [main, 'payload', '--jobs', '1', `${file}.ndjson`],
  oneJob: (file) => [main, 'import', '--jobs', '1', `${file}.csv`],
  twoJobs: (file) => [main, 'import', '--jobs', '2', `${file}.csv`],
};

/** Sealed entries, and what they were sealed from; rotation is from the key of all the others to this one. */
const SEALED_SIZES = [
  { count: 100_000, rounds: 1 },
  { count: 200_000, rounds: 5 },
  { count: 1_000_000, rounds: 1 },
];
const SEALED_CASES = {
  payload: (file) => [main, 'payload', '--jobs', '1', file],
  preflight: (file) => [main, 'preflight', '--jobs', '1', `${file}.sealed`],
  twoPreflight: (file) => [main, 'preflight', '--jobs', '2', `${file}.sealed`],
  rotate: (file) => [main, 'rotate', '--jobs', '1', `${file}.sealed`],
  twoRotate: (file) => [main, 'rotate', '--jobs', '2', `${file}.sealed`],
};
const ROTATED = {
  CLOUDCRUISE_ENCRYPTION_KEY: 'fedcba9876543210'.repeat(4),
  CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: hex,
};

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An entry with user name and password, and in two of three with a TOTP secret. The same for the same number. */
function entryOf(n) {
  const entry = {
    permissioned_user_id: `user-${n}`,
    domain: `https://portal-${n % 500}.example.com`,
    user_name: `person.${n}@example.com`,
    password: `${((n * 2_654_435_761) % 2 ** 32).toString(36)} horse battery`,
  };
  if (n % 3 === 0) return entry;
  const secret = Array.from({ length: 32 }, (_, at) => BASE32[(n * 31 + at * (n % 29) + at * at) % 32]);
  return { ...entry, tfa_secret: secret.join(''), tfa_method: 'AUTHENTICATOR' };
}

/** As Chrome exports it: user names and passwords. */
function loginOf(n) {
  const { domain, user_name, password } = entryOf(n);
  return { permissioned_user_id: user_name, domain, user_name, password };
}

function chromeRowOf(n) {
  const { domain, user_name, password } = entryOf(n);
  return `${domain.slice('https://'.length)},${domain}/login,${user_name},${password},\n`;
}

async function generate(path, count, lineOf = (n) => `${JSON.stringify(entryOf(n))}\n`, header = '') {
  const file = createWriteStream(path);
  file.write(header);
  for (let n = 0; n < count; ) {
    let lines = '';
    for (const end = Math.min(n + 5000, count); n < end; n++) lines += lineOf(n);
    if (!file.write(lines)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

/** Runs one process from file to file: seconds and peak memory in megabytes. */
async function measure(args, output, env = { CLOUDCRUISE_ENCRYPTION_KEY: hex }) {
  const out = openSync(output, 'w');
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, ['--require', here('./peak-memory.cjs'), ...args], {
    env,
    stdio: ['ignore', out, 'inherit', 'pipe'],
  });
  let peak = '';
  child.stdio[3].on('data', (chunk) => {
    peak += chunk;
  });
  const [code] = await once(child, 'close');
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  closeSync(out);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { seconds, megabytes: Number(peak) / 1000 };
}

/** What is fast and wrong is of no use: every line is there, and samples open to what they were made of. */
async function check(output, count, expectedOf = entryOf) {
  let n = 0;
  let rest = '';
  for await (const chunk of createReadStream(output, 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (n % 997 === 0 && JSON.stringify(openEntry(JSON.parse(line), key)) !== JSON.stringify(expectedOf(n)))
        throw new Error(`line ${n + 1} is not what it was`);
      n += 1;
    }
  }
  if (n !== count || rest !== '') throw new Error(`${n} lines instead of ${count}`);
}

const folder = mkdtempSync(join(tmpdir(), 'credseal-bench-'));
const isQuick = process.argv.includes('--quick');
const results = [];
const imports = [];
const sealed = [];
/** Medians of seconds and megabytes, by case. */
const mediansOf = (runs) =>
  Object.fromEntries(
    Object.entries(runs).map(([name, all]) => [
      name,
      {
        seconds: median(all.map(({ seconds }) => seconds)),
        megabytes: median(all.map(({ megabytes }) => megabytes)),
      },
    ]),
  );
try {
  for (const { count, rounds } of isQuick ? SIZES.slice(0, 2) : SIZES) {
    const input = join(folder, 'entries.ndjson');
    const output = join(folder, 'sealed.ndjson');
    await generate(input, count);
    const runs = { loop: [], oneJob: [], twoJobs: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, argsOf] of Object.entries(CASES)) {
        runs[name].push(await measure(argsOf(input), output));
        if (round === 0) await check(output, count);
      }
    }
    const result = { count, rounds };
    for (const [name, all] of Object.entries(runs)) {
      result[name] = {
        rate: count / median(all.map(({ seconds }) => seconds)),
        megabytes: median(all.map(({ megabytes }) => megabytes)),
      };
    }
    results.push(result);
  }
  for (const { count, rounds } of isQuick ? IMPORT_SIZES.slice(0, 1) : IMPORT_SIZES) {
    const input = join(folder, 'logins');
    const output = join(folder, 'sealed.ndjson');
    await generate(`${input}.ndjson`, count, (n) => `${JSON.stringify(loginOf(n))}\n`);
    await generate(`${input}.csv`, count, chromeRowOf, 'name,url,username,password,note\n');
    const runs = { payload: [], oneJob: [], twoJobs: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, argsOf] of Object.entries(IMPORT_CASES)) {
        runs[name].push(await measure(argsOf(input), output));
        if (round === 0) await check(output, count, loginOf);
      }
    }
    imports.push(mediansOf(runs));
  }
  for (const { count, rounds } of isQuick ? SEALED_SIZES.slice(0, 2) : SEALED_SIZES) {
    const input = join(folder, 'entries.ndjson');
    const output = join(folder, 'result');
    await generate(input, count);
    await measure(SEALED_CASES.payload(input), `${input}.sealed`);
    const runs = { payload: [], preflight: [], twoPreflight: [], rotate: [], twoRotate: [] };
    for (let round = 0; round < rounds; round++) {
      for (const [name, argsOf] of Object.entries(SEALED_CASES))
        runs[name].push(await measure(argsOf(input), output, /otate/.test(name) ? ROTATED : undefined));
    }
    sealed.push(mediansOf(runs));
  }
} finally {
  rmSync(folder, { recursive: true });
}

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format;
const times = (ratio) => `${ratio.toFixed(2)} ×`;
const cell = ({ rate, megabytes }) => `${number(rate)}/s, ${number(megabytes)} MB`;
const table = [
  '| entries | loop over the published client | `payload --jobs 1` | `payload --jobs 2` | one job / loop | two jobs / one |',
  '|---:|---:|---:|---:|---:|---:|',
  ...results.map(({ count, loop, oneJob, twoJobs }) => {
    const ratios = [times(oneJob.rate / loop.rate), times(twoJobs.rate / oneJob.rate)];
    return `| ${[number(count), cell(loop), cell(oneJob), cell(twoJobs), ...ratios].join(' | ')} |`;
  }),
].join('\n');
const rounds = results.map((result) => result.rounds).join(', ');
const conditions = `Node ${process.versions.node}, ${availableParallelism()} cores, medians of ${rounds} alternating rounds of whole processes.`;
console.log(`${table}\n\n${conditions}`);

const [first, last] = [results[0], results.at(-1)];
report(
  'Ratios of the largest file',
  [
    { what: 'loop / one job, in time', measured: last.oneJob.rate / last.loop.rate, atLeast: 1.2 },
    { what: 'one job / two jobs, in time', measured: last.twoJobs.rate / last.oneJob.rate, atLeast: 1.7 },
    {
      what: 'peak memory against that of the smallest, one job',
      measured: last.oneJob.megabytes / first.oneJob.megabytes,
      limit: 1.2,
    },
    {
      what: 'peak memory against that of the smallest, two jobs',
      measured: last.twoJobs.megabytes / first.twoJobs.megabytes,
      limit: 1.2,
    },
  ],
  '×',
);
report(
  'Peak memory',
  [
    { what: 'one job', measured: last.oneJob.megabytes, limit: 200 },
    { what: 'two jobs', measured: last.twoJobs.megabytes, limit: 200 },
  ],
  'MB',
);

const [logins, most] = [imports[0], imports.at(-1)];
report(
  'Import of 200,000 rows of Chrome',
  [
    {
      what: 'import / payload, one job',
      measured: logins.oneJob.seconds / logins.payload.seconds,
      limit: 1.4,
    },
    { what: 'one job / two jobs', measured: logins.oneJob.seconds / logins.twoJobs.seconds, atLeast: 1.7 },
  ],
  '×',
);
report(
  'Peak memory of the largest import',
  [
    { what: 'one job', measured: most.oneJob.megabytes, limit: 120 },
    { what: 'two jobs', measured: most.twoJobs.megabytes, limit: 120 },
  ],
  'MB',
);

const [few, usual, many] = [sealed[0], sealed[1], sealed.at(-1)];
report(
  'Preflight and rotation of sealed entries',
  [
    {
      what: 'preflight / payload of 200,000, one job',
      measured: usual.preflight.seconds / usual.payload.seconds,
      limit: 1.15,
    },
    {
      what: 'preflight of the most, one job / two jobs',
      measured: many.preflight.seconds / many.twoPreflight.seconds,
      atLeast: 1.7,
    },
    {
      what: 'rotate of 200,000, one job / two jobs',
      measured: usual.rotate.seconds / usual.twoRotate.seconds,
      atLeast: 1.75,
    },
    {
      what: 'peak memory of preflight against that of 100,000',
      measured: many.preflight.megabytes / few.preflight.megabytes,
      limit: 1.2,
    },
  ],
  '×',
);
report(
  'Peak memory of preflight of the most',
  [
    { what: 'one job', measured: many.preflight.megabytes, limit: 110 },
    { what: 'two jobs', measured: many.twoPreflight.megabytes },
  ],
  'MB',
);

if (process.argv.includes('--write')) {
  const path = here('../docs/many-entries.md');
  writeFileSync(path, withPart(readFileSync(path, 'utf8'), 'bulk', `${table}\n\n${conditions}`));
}
