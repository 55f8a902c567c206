import { type SelfTestResult, selfTest } from '../../preflight/self-test.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { EXIT, failure } from '../exit.js';
import { type ShownKey, shownKeys } from '../input/key-text.js';
import { type KeyOptions, keyOptions, keyVariables, loadKeys } from '../options/keys.js';
import { formatOption } from '../options/report.js';

/** As people write them. */
const NAMES: Readonly<Record<string, string>> = { node: 'Node', bun: 'Bun', deno: 'Deno' };

export const command = defineCommand({
  name: 'doctor',
  // It never asks for anything.
  summary: 'check the runtime and the key, and run a self-test: for use before a service starts',
  options: { ...keyOptions, ...formatOption },
  variables: keyVariables,
  details:
    'With --format json: {"ok":…,"runtime":{"name":…,"version":…},"backend":…,"checks":[…],"keys":[…]}',
  exitCodes: { 1: 'the self-test fails', 3: 'key missing, malformed or protected' },

  async run({ format, ...options }, context) {
    const { ok: isSound, backend, runtime, checks } = selfTest();
    const { keys, problem } = await findKeys(options, context);
    const report = {
      ok: isSound && problem === undefined,
      runtime,
      backend,
      checks: [
        ...checks,
        {
          name: 'a well-formed key is at hand',
          ok: problem === undefined,
          ...(problem && { problem: problem.message }),
        },
      ],
      keys,
    };
    context.stdout.write(format === 'json' ? `${JSON.stringify(report)}\n` : asText(report));
    if (problem !== undefined) return problem.exitCode;
    return isSound ? EXIT.done : EXIT.checkFailed;
  },
});

async function findKeys(
  options: KeyOptions,
  context: Context,
): Promise<{ keys: ShownKey[]; problem?: ReturnType<typeof failure> }> {
  try {
    return { keys: shownKeys(await loadKeys(options, context, { ask: false })) };
  } catch (error) {
    return { keys: [], problem: failure(error) };
  }
}

function asText(report: {
  ok: boolean;
  runtime: SelfTestResult['runtime'];
  backend: string;
  checks: readonly { name: string; ok: boolean; problem?: string }[];
  keys: readonly ShownKey[];
}): string {
  const lines = report.checks.map(
    ({ name, ok, problem }) => `${ok ? 'ok   ' : 'FAILS'}  ${name}${problem ? `: ${problem}` : ''}`,
  );
  for (const { role, fingerprint, format, source } of report.keys)
    lines.push(`key    ${role}, ${fingerprint}, ${format}, from ${source}`);
  const { name, version } = report.runtime;
  const runtime = [NAMES[name] ?? name, version].filter(Boolean).join(' ');
  lines.push(`${report.ok ? 'Ready' : 'NOT READY'}: ${runtime}, AES-256-GCM by ${report.backend}`);
  return `${lines.join('\n')}\n`;
}
