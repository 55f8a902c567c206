import { describe, expect, test } from 'vitest';
import { CredsealError, guardFetch, preflight, sealEntry, VaultKey } from '../../src/index.js';
import { type Resolver, resolveReferences } from '../../src/key-file/index.js';

const key = VaultKey.generate();
const ref = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
const from = (reference: string) => ({ ...ref, password: { from: reference } });
const SECRET = 'correct-horse-battery';

async function refusalOf(entry: unknown, options: object = {}): Promise<CredsealError> {
  const error = await resolveReferences(entry as never, options).then(
    () => expect.fail('not refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CredsealError);
  return error as CredsealError;
}

describe('resolveReferences', () => {
  test('puts credentials in the place of references, and changes nothing else', async () => {
    const entry = { ...ref, user_alias: 'a', user_name: 'ada', password: { from: 'secrets:portal' } };
    const before = structuredClone(entry);
    const resolvers = { secrets: async (reference: string) => `${SECRET} of ${reference}` };
    const resolved = await resolveReferences(entry, { resolvers });
    expect(resolved).toEqual({ ...entry, password: `${SECRET} of secrets:portal` });
    expect(entry).toEqual(before);
    expect(preflight(sealEntry(resolved, key), { keys: key }).ok).toBe(true);
  });

  test('an entry without references is as it was, and nothing is asked', async () => {
    const resolvers = { secrets: () => expect.fail('asked') };
    const entry = { ...ref, password: 'plain' };
    expect(await resolveReferences(entry, { resolvers })).toEqual(entry);
  });

  test('env is built in, of the environment or what is given as one, and may be another', async () => {
    expect(await resolveReferences(from('env:PORTAL'), { env: { PORTAL: SECRET } })).toEqual({
      ...ref,
      password: SECRET,
    });
    const resolvers = { env: () => 'another' };
    expect(await resolveReferences(from('env:PORTAL'), { resolvers })).toEqual({
      ...ref,
      password: 'another',
    });
    process.env.CREDENTIAL_OF_A_TEST = SECRET;
    try {
      expect(await resolveReferences(from('env:CREDENTIAL_OF_A_TEST'))).toEqual({ ...ref, password: SECRET });
    } finally {
      delete process.env.CREDENTIAL_OF_A_TEST;
    }
  });

  test('100 references of 300 ms take at most 5 s: 8 at once, each asked once', async () => {
    let [asked, underWay, most] = [0, 0, 0];
    const secrets: Resolver = async (reference) => {
      asked += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 300));
      underWay -= 1;
      return reference;
    };
    const entries = Array.from({ length: 300 }, (_, index) => from(`secrets:${index % 100}`));
    const start = performance.now();
    const resolved = await resolveReferences(entries, { resolvers: { secrets } });
    expect(performance.now() - start).toBeLessThan(5000);
    expect({ asked, most }).toEqual({ asked: 100, most: 8 });
    expect(resolved.map((entry) => 'password' in entry && entry.password)).toEqual(
      entries.map(({ password }) => password.from),
    );
  });

  test('names every reference that fails, by entry and field, and shows nothing of it', async () => {
    const resolvers = {
      secrets: (reference: string) => {
        if (reference.endsWith('told')) throw new CredsealError('ERR_ENTRY_INVALID', 'access is denied');
        throw new Error(`${SECRET} is not for you`);
      },
    };
    const entries = [
      { ...ref, user_name: { from: 'secrets:a' }, password: { from: 'secrets:told' } },
      { ...ref, password: 'plain' },
      from(`secert:${SECRET}`),
    ];
    const error = await refusalOf(entries, { resolvers });
    expect(error.code).toBe('ERR_ENTRY_INVALID');
    expect(error.issues?.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      '[0].user_name: user_name is a reference that cannot be resolved: its resolver failed, and what it said is not shown.',
      '[0].password: password is a reference that cannot be resolved: access is denied.',
      '[2].password: password is a reference that cannot be resolved: its scheme is not one of env:, secrets: (did you mean secrets:?).',
    ]);
    expect(JSON.stringify([error, error.issues, error.stack])).not.toContain(SECRET);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /did not return text/],
    ['a number', 5, /did not return text/],
    ['empty text', '', /is empty/],
    ['zero bytes', `${SECRET}\0`, /is binary/],
    ['a reference', '{ "from": "env:A" }', /a reference itself, which is not followed/],
    ['too much', 'a'.repeat(65_537), /too long/],
  ])('refuses %s for a credential', async (_, value, message) => {
    const error = await refusalOf(from('secrets:a'), { resolvers: { secrets: () => value } });
    expect(error.message).toMatch(message);
    expect(error.field).toBe('password');
  });

  test.each(['CLOUDCRUISE_ENCRYPTION_KEY', 'CREDSEAL_PASSPHRASE', 'cloudcruise_api_key'])(
    'never reads %s',
    async (name) => {
      const error = await refusalOf(from(`env:${name}`), { env: { [name]: SECRET } });
      expect(error.message).toMatch(/variables of credseal itself are never read/);
    },
  );

  test('resolves no field that is sent in clear', async () => {
    const env = { A: SECRET };
    for (const entry of [
      { ...ref, user_alias: { from: 'env:A' } },
      { ...ref, proxy_setting: 'country', proxy_value: { from: 'env:A' } },
    ])
      expect(await resolveReferences(entry as never, { env })).toEqual(entry);
  });

  test.each([[null], [undefined], [5], ['text'], [[null]], [Object.create(null)]])(
    'hands on what is no entry: %j',
    async (given) => {
      expect(await resolveReferences(given as never)).toEqual(given);
    },
  );
});

describe('what is not resolved', () => {
  const entry = from('env:A') as never;

  test('is refused by sealEntry, with what comes first', () => {
    expect(() => sealEntry(entry, key)).toThrow('password is a reference: resolveReferences comes first.');
  });

  test('does not pass preflight, nor the guard', async () => {
    const { ok, findings } = preflight(entry, { keys: key });
    expect(ok).toBe(false);
    expect(findings).toMatchObject([
      {
        rule: 'credential/plaintext',
        path: 'password',
        message: 'password is a reference, not resolved and not sealed.',
      },
    ]);
    const guarded = guardFetch(() => expect.fail('sent'), { keys: key });
    const sending = guarded('https://api.cloudcruise.com/vault', {
      method: 'POST',
      body: JSON.stringify(entry),
    });
    await expect(sending).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
  });
});
