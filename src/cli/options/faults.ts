import type { Fault, Faults } from '../../emulator/faults.js';
import type { RateLimit } from '../../emulator/rate-limit.js';
import { isObject } from '../../inspection.js';
import type { Given, Options } from '../command.js';
import type { Context } from '../context.js';
import { CliError, EXIT } from '../exit.js';
import { decodeUtf8, readBytes } from '../input/read.js';

const WORDS: Readonly<Record<string, keyof Fault | keyof RateLimit>> = {
  latency: 'latency',
  status: 'status',
  'retry-after': 'retryAfter',
  'slow-body': 'slowBody',
  requests: 'requests',
  per: 'per',
};

/** The options of `emulate` about faults. */
export const faultOptions = {
  fault: {
    type: 'text',
    value: 'words',
    isRepeatable: true,
    summary:
      'simulate faults: status=429,retry-after=1,rate=0.1, or requests=8,per=1000,retry-after=3; may be repeated',
  },
  faultScript: {
    type: 'file',
    access: 'read',
    value: 'file',
    summary: 'a JSON array: one fault or null per request, in order',
  },
} as const satisfies Options;

/** What goes wrong, in the library's words. What they mean, and whether they make sense, it checks itself. */
export async function faultsOf(
  { fault = [], faultScript }: Given<typeof faultOptions>,
  context: Context,
): Promise<Faults> {
  const faults = fault.map(parseFault);
  const [limit, another] = faults.filter(isLimit);
  if (another !== undefined)
    throw new CliError(EXIT.usage, '--fault with requests=N limits all requests: give it only once.');
  return {
    rates: faults.filter((each) => !isLimit(each)) as unknown as (Fault & { rate: number })[],
    ...(limit && { limit }),
    ...(faultScript !== undefined && { script: await readScript(faultScript, context) }),
  };
}

type Words = Record<string, number | boolean | string>;
const isLimit = (words: Words): words is Words & RateLimit => 'requests' in words || 'per' in words;

/** `status=429,retry-after=1,rate=0.1`: words with numbers, and drop, before, after. */
function parseFault(text: string): Words {
  const fault: Words = {};
  for (const word of text.split(',')) {
    const [name = '', number = ''] = word.split('=', 2);
    if (word === 'drop') fault.drop = true;
    else if (word === 'before' || word === 'after') fault.when = word;
    else if (/^\d+(\.\d+)?$/.test(number) && (name === 'rate' || Object.hasOwn(WORDS, name)))
      fault[WORDS[name] ?? name] = Number(number);
    else {
      throw new CliError(
        EXIT.usage,
        `--fault is made of ${Object.keys(WORDS).join('=N, ')}=N, rate=0…1, drop, before, after, with commas between them: --fault status=429,retry-after=1,rate=0.1`,
      );
    }
  }
  return isLimit(fault) ? fault : { rate: 1, ...fault };
}

async function readScript(path: string, context: Context): Promise<(Fault | null)[]> {
  const bytes = await readBytes(path, '--fault-script', EXIT.input, context);
  const text = decodeUtf8(bytes, '--fault-script', EXIT.input);
  try {
    const script: unknown = JSON.parse(text);
    if (Array.isArray(script) && script.every((step) => step === null || isObject(step))) return script;
  } catch {
    // The parser's message quotes the file.
  }
  throw new CliError(
    EXIT.input,
    '--fault-script is a JSON array with a fault or null for each request: [{ "status": 500 }, null]',
  );
}
