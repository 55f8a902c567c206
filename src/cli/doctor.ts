import { type SelfTestResult, selfTest } from '../preflight/self-test.js';
import { EXIT, failure } from './exit.js';
import { type KeyOptions, loadKeys } from './keys.js';

/** As people write them. */
const NAMES: Readonly<Record<string, string>> = { node: 'Node', bun: 'Bun', deno: 'Deno' };

/** `credseal doctor`: self-test, runtime and key, for a service to run before it starts. It never asks for anything. */
export async function doctor(options: KeyOptions & { format?: 'text' | 'json' }): Promise<number> {
  const { ok: isSound, backend, runtime, checks } = selfTest();
  const { keys, problem } = await findKeys(options);
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
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(report)}\n` : asText(report));
  if (problem !== undefined) return problem.exitCode;
  return isSound ? EXIT.done : EXIT.checkFailed;
}

interface ShownKey {
  role: 'current' | 'previous';
  fingerprint: string;
  format: string;
  source: string;
}

async function findKeys(
  options: KeyOptions,
): Promise<{ keys: ShownKey[]; problem?: ReturnType<typeof failure> }> {
  try {
    const keys = await loadKeys(options, { ask: false });
    return {
      keys: keys.map(({ key: { fingerprint }, format, source }, index) => ({
        role: index === 0 ? 'current' : 'previous',
        fingerprint,
        format,
        source,
      })),
    };
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
