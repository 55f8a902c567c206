import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { judgeAnswers, vectorRequests } from '../../src/vectors/index.js';
import { inFolder } from '../cli/run.js';
import { python, pythonAnswers } from './python.js';
import { documents, FOLDER } from './vectors.js';

describe('the reference in Python', () => {
  test.each(Object.keys(documents))('confirms every test of %s, run by itself', (name) => {
    const { status, stdout } = python([fileURLToPath(new URL(name, FOLDER))]);
    expect(stdout).toMatch(/: \d+ agree, 0 disagree, 0 ask for a method that is not here\n$/);
    expect(status).toBe(0);
  });

  test('answers every request of the protocol, and none with "unsupported"', () => {
    const answers = pythonAnswers(vectorRequests(documents));
    expect(judgeAnswers(documents, answers)).toMatchObject({ ok: true, disagreements: [], problems: [] });
    expect([...answers.values()].filter((answer) => 'unsupported' in answer)).toEqual([]);
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

  test('says of a method that it does not have that it is unsupported', () => {
    expect(pythonAnswers([{ id: 1, method: 'banana' }]).get(1)).toEqual({ unsupported: true, id: 1 });
  });
});
