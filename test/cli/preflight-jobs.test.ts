import { describe, expect, test } from 'vitest';
import { preflight } from '../../src/preflight/preflight.js';
import { FOREIGN_KEY, KEY, OLD_KEY, payload, RING, sealed, sealedRaw, TOTP } from '../preflight/payloads.js';
import { rounds } from '../rounds.js';
import { runHere } from './in-process.js';
import { answer } from './sealing.js';

/** Enough for threads to start. */
const COUNT = rounds(9000, 60_000);
const WITH_RING = {
  CLOUDCRUISE_ENCRYPTION_KEY: KEY.toHex(),
  CLOUDCRUISE_PREVIOUS_ENCRYPTION_KEYS: OLD_KEY.toHex(),
};

/** Entries of which every seventh has a fault: of its own, or with an entry long before it. */
function batch(): string[] {
  const texts: string[] = [];
  const sounds: Record<string, unknown>[] = [];
  const faults: ((before: Record<string, unknown>) => object | string)[] = [
    () => ({ password: 'plain' }),
    () => ({ password: '' }),
    () => ({ password: sealed('') }),
    () => ({ password: sealed(' spaces ') }),
    () => ({ password: sealed('old', OLD_KEY) }),
    () => ({ password: sealed('foreign', FOREIGN_KEY), user_name: sealed('ada') }),
    () => ({ password: sealed('foreign', FOREIGN_KEY), user_name: sealed('ada', FOREIGN_KEY) }),
    () => ({ password: sealed(sealed('twice')) }),
    () => ({ password: sealedRaw('no JSON') }),
    () => ({ password: sealed('short').slice(0, -1) }),
    () => ({ tfa_method: 'AUTHENTICATOR', tfa_secret: sealed('no base32!') }),
    () => ({ tfa_method: 'AUTHENTICATOR' }),
    () => ({ passwrod: 'x', domain: 'HTTPS://Shop.example', max_concurrency: -1 }),
    () => answer,
    ({ user_name }) => ({ password: user_name }),
    ({ user_name }) => ({ user_name, password: ' plain' }),
    ({ user_name }) => ({
      password: sealed('reused', KEY, Buffer.from(String(user_name).slice(0, 24), 'hex')),
    }),
    ({ permissioned_user_id }) => ({ permissioned_user_id }),
    ({ permissioned_user_id, user_name }) => ({ permissioned_user_id, user_name, password: user_name }),
    () => '[1]',
    () => '"text"',
    () => '{"password":',
    () => '{"domain":"https://a.example","domain":"https://b.example"}',
  ];
  for (let index = 0; index < COUNT; index++) {
    const sound = payload({
      permissioned_user_id: `user-${index}`,
      password: sealed(`password of ${index}`),
      ...(index % 5 === 0 && { tfa_method: 'AUTHENTICATOR', tfa_secret: sealed(TOTP) }),
    });
    const before = sounds[Math.floor(sounds.length / 3)];
    const fault = index % 7 === 6 ? faults[((index - 6) / 7) % faults.length] : undefined;
    if (fault === undefined || before === undefined) sounds.push(sound);
    const change = before && fault ? fault(before) : {};
    texts.push(typeof change === 'string' ? change : JSON.stringify({ ...sound, ...change }));
  }
  return texts;
}

const lines = batch();
const check = (text: string, ...options: string[]) =>
  runHere(['preflight', '--format', 'json', ...options], { stdin: text, env: WITH_RING });

describe('findings are the same, in the same order', () => {
  test('with one thread and several, to the byte', async () => {
    const text = `${lines.join('\n')}\n`;
    expect(text.length).toBeGreaterThan(2 ** 21);
    const alone = await check(text, '--jobs', '1');
    const { findings, checked, errors, warnings } = JSON.parse(alone.stdout);
    expect([alone.code, checked]).toEqual([1, COUNT]);
    expect(findings).toHaveLength(errors + warnings);
    expect(new Set(findings.map(({ rule }: { rule: string }) => rule))).toEqual(
      new Set([
        ...['credential/plaintext', 'credential/empty', 'credential/surrounding-space'],
        ...['credential/previous-key', 'credential/wrong-key-or-changed', 'credential/sealed-twice'],
        ...[
          'credential/not-json-string',
          'credential/malformed',
          'credential/copied',
          'credential/iv-reused',
        ],
        ...[
          'batch/duplicate-entry',
          'payload/not-an-object',
          'payload/unknown-field',
          'payload/read-only-field',
        ],
        ...['totp/format', 'totp/missing-secret', 'setting/domain-form', 'setting/concurrency'],
      ]),
    );
    for (const jobs of ['2', '3'])
      expect((await check(text, '--jobs', jobs)).stdout === alone.stdout, jobs).toBe(true);
  });

  test('as those of the library, which has no threads', async () => {
    const entries = lines.filter((line) => /^\{.*\}$/.test(line) && !/"domain".*"domain"/.test(line));
    const sound = entries.filter((line) => !line.includes('workspace_id'));
    const { stdout } = await check(`${sound.join('\n')}\n`, '--jobs', '2');
    const { findings } = preflight(
      sound.map((line) => JSON.parse(line)),
      { keys: RING },
    );
    const told = JSON.parse(stdout).findings as {
      line: number;
      path: string;
      rule: string;
      message: string;
    }[];
    expect(told.map(({ line, path, rule }) => [line, path, rule])).toEqual(
      findings.map(({ path, rule }) => {
        const [, index, field = ''] = /^\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
        return [Number(index) + 1, field, rule];
      }),
    );
  });
});

test('a document that is no text from some line on is refused alike, with the findings of before', async () => {
  const text = Buffer.concat([Buffer.from(`${lines.join('\n')}\n`), Buffer.from('{"a":"\xe9"}\n', 'latin1')]);
  const outcomes = await Promise.all(
    ['1', '2'].map((jobs) => runHere(['preflight', '-q', '--jobs', jobs], { stdin: text, env: WITH_RING })),
  );
  for (const { code, stderr } of outcomes) {
    expect(code).toBe(4);
    expect(stderr).toContain(`Line ${COUNT + 1} `);
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
});

test('without a key it takes --jobs, and needs none', async () => {
  const { code, stdout } = await runHere(['preflight', '--no-key', '--format', 'json', '--jobs', '2'], {
    stdin: `${JSON.stringify(payload())}\n${JSON.stringify(payload({ permissioned_user_id: 'b' }))}\n`,
  });
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { ok: true, opened: false, checked: 2 }]);
});
