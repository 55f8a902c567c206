import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { answerRequest, type VectorAnswer, type VectorRequest } from '../../src/vectors/index.js';
import { inFolder } from '../cli/run.js';
import { documents, FOLDER, testsOf } from './vectors.js';

// A second implementation, in another language and on another library, written from vectors/README.md.
const PROGRAM = fileURLToPath(new URL('reference.py', FOLDER));

function python(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [PROGRAM, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stderr.includes('cryptography'))
    throw new Error('Install what it needs: apt-get install python3-cryptography');
  return { status, stdout, stderr };
}

/** The files of which it has every method. */
const WHOLE = [
  'fingerprints.json',
  'keys.json',
  'malformed-values.json',
  'published-clients.json',
  'sealed-values.json',
  'totp-secrets.json',
];

describe('the reference in Python', () => {
  test.each(WHOLE)('confirms every test of %s, run by itself', (name) => {
    const { status, stdout } = python([fileURLToPath(new URL(name, FOLDER))]);
    expect(stdout).toMatch(/: \d+ agree, 0 disagree, 0 ask for a method that is not here\n$/);
    expect(status).toBe(0);
  });

  test('confirms what is sealed in entries, and what does not open in them', () => {
    const { status, stdout } = python([fileURLToPath(new URL('entries.json', FOLDER))]);
    const opening = documents['entries.json']?.testGroups.filter(({ methods }) =>
      methods.includes('openEntry'),
    );
    const count = opening?.reduce((sum, { tests }) => sum + tests.length, 0);
    expect(stdout).toContain(`: ${count} agree, 0 disagree`);
    expect(status).toBe(0);
  });

  test('confirms what everything that is sealed in a payload holds, or that it does not open', async () => {
    const requests: VectorRequest[] = [];
    for (const { keys, payload } of testsOf(documents['preflight.json'] as (typeof documents)[string])) {
      JSON.stringify(payload, (_, sealed) => {
        if (typeof sealed === 'string' && /^[0-9a-f]{40}/i.test(sealed))
          for (const key of keys as string[])
            requests.push({ id: requests.length, method: 'open', key, sealed });
        return sealed;
      });
    }
    expect(requests.length).toBeGreaterThan(200);
    const { stdout } = python([], requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
    const answers: VectorAnswer[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ours = await Promise.all(requests.map(answerRequest));
    expect(answers).toEqual(ours.map((answer, id) => ({ ...answer, id })));
  });

  test('says where it disagrees, and ends with 1', async () => {
    const fingerprint = '0'.repeat(16);
    const tests = [
      { tcId: 7, comment: 'wrong', result: 'valid', hex: '00'.repeat(32), fingerprint },
      { tcId: 8, comment: 'no error', result: 'invalid', code: 'ERR_KEY_FORMAT', hex: '00'.repeat(32) },
      { tcId: 9, comment: 'an error', result: 'valid', hex: '00', fingerprint },
    ];
    const file = JSON.stringify({ testGroups: [{ methods: ['fingerprint'], tests }] });
    await inFolder({ 'wrong.json': file }, async (folder) => {
      const { status, stdout } = python([`${folder}/wrong.json`]);
      expect(status).toBe(1);
      expect(stdout).toMatch(/test 7.*\n.*test 8.*\n.*test 9.*\n.*0 agree, 3 disagree/);
    });
  });
});
