import { describe, expect, test } from 'vitest';
import { preflight } from '../../src/preflight/preflight.js';
import { KEY as VAULT_KEY } from '../entry/sealing.js';
import { payload } from '../preflight/payloads.js';
import { runHere } from './in-process.js';
import { KEY, WITH_KEY } from './sealing.js';

const $schema = './node_modules/credseal/schema/entry.json';
const entry = { $schema, permissioned_user_id: 'u', domain: 'https://shop.example', password: 'hunter2' };
const other = { ...entry, permissioned_user_id: 'v' };
const sealed = [payload({ $schema }), payload({ $schema, permissioned_user_id: 'b' })];
const forms = (one: object, two: object): [string, string][] => [
  ['an object', JSON.stringify(one, null, 2)],
  ['an array', JSON.stringify([one, two])],
  ['NDJSON', `${JSON.stringify(one)}\n${JSON.stringify(two)}\n`],
];

describe('$schema in a file of entries is let through, and not sent', () => {
  test.each(forms(entry, other))('by payload and request: %s', async (_, stdin) => {
    for (const args of [['payload'], ['request'], ['payload', '--check']]) {
      const { code, stdout, stderr } = await runHere(args, {
        stdin,
        env: { ...WITH_KEY, CLOUDCRUISE_API_KEY: 'sk' },
      });
      expect(code, stderr).toBe(0);
      expect(stdout).not.toContain('schema');
    }
  });

  test.each(forms(sealed[0] as object, sealed[1] as object))(
    'by preflight and push: %s',
    async (_, stdin) => {
      const env = { CLOUDCRUISE_ENCRYPTION_KEY: KEY, CLOUDCRUISE_API_KEY: 'sk' };
      for (const args of [['preflight'], ['push', '--dry-run']]) {
        const { code, stdout, stderr } = await runHere(args, { stdin, env });
        expect(code, stdout + stderr).toBe(0);
      }
    },
  );
});

test('of what a program is about to send it is an unknown field', () => {
  const { findings } = preflight(payload({ $schema }), { keys: VAULT_KEY });
  expect(findings.map(({ path, rule }) => [path, rule])).toEqual([['$schema', 'payload/unknown-field']]);
});
