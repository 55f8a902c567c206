import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEntry, type StoredEntry } from '../../src/entry/open-entry.js';
import { type SealedEntry, sealEntry } from '../../src/entry/seal-entry.js';
import { type HandoffToVaultOptions, handoffToVault } from '../../src/handoff/handoff-to-vault.js';
import { sealHandoff } from '../../src/handoff/seal-handoff.js';
import { KeyRing } from '../../src/key/key-ring.js';
import { VaultKey } from '../../src/key/vault-key.js';
import { preflight } from '../../src/preflight/preflight.js';
import { parseSealed, sealValue } from '../../src/value/sealed-value.js';
import { curves, ENTRY, p256, refusalOf } from './tokens.js';

const vaultKey = VaultKey.generate();
const { publicJwk, privateJwk } = p256;
const seal = (entry: object = ENTRY, audience?: string) =>
  sealHandoff(entry as typeof ENTRY, publicJwk, { expiresIn: 600, audience });
const options = { handoffKeys: privateJwk, vaultKey, maxAge: 600 };

afterEach(() => vi.restoreAllMocks());

test.each(curves)('a token under %s becomes a payload that passes preflight and opens', async (_, keys) => {
  const entry = {
    ...ENTRY,
    tfa_method: 'AUTHENTICATOR' as const,
    tfa_secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
    expiry_time_from_last_use: { days: 7 },
  };
  const token = await sealHandoff(entry, keys.publicJwk, { expiresIn: 600 });
  const payload = await handoffToVault(token, { ...options, handoffKeys: { keys: [keys.privateJwk] } });
  expect(preflight(payload, { keys: vaultKey })).toMatchObject({ ok: true, findings: [] });
  expect(openEntry(payload, vaultKey)).toEqual(openEntry(sealEntry(entry, vaultKey), vaultKey));
  expect(JSON.stringify(payload)).not.toMatch(/Zoë|horse|JBSW/);
});

test('a ring seals with its current key', async () => {
  const ring = new KeyRing(vaultKey, [VaultKey.generate()]);
  const payload = await handoffToVault(await seal(), { ...options, vaultKey: ring });
  expect(openEntry(payload, vaultKey)).toEqual(ENTRY);
});

test('padTo hides the lengths of credentials', async () => {
  const { password, user_name } = await handoffToVault(await seal(), { ...options, padTo: 64 });
  const lengths = [password, user_name].map((sealed) => parseSealed(String(sealed)).ciphertext.length);
  expect(lengths).toEqual([64, 64]);
});

test('an audience has to be the same', async () => {
  const token = await seal(ENTRY, 'vault-worker');
  expect(await handoffToVault(token, { ...options, audience: 'vault-worker' })).toHaveProperty('password');
  await refusalOf('ERR_HANDOFF', handoffToVault(token, options));
  await refusalOf('ERR_HANDOFF', handoffToVault(token, { ...options, audience: 'other' }));
});

test('the decrypted bytes are wiped', async () => {
  let decrypted: ArrayBuffer | undefined;
  const real = crypto.subtle.decrypt.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'decrypt').mockImplementation(async (...args) => {
    decrypted = await real(...args);
    return decrypted;
  });
  await handoffToVault(await seal(), options);
  expect(decrypted?.byteLength).toBe(256);
  expect([...new Set(new Uint8Array(decrypted ?? new ArrayBuffer()))]).toEqual([0]);
});

describe('a token is not used up', () => {
  const onToken = vi.fn();
  afterEach(() => {
    expect(onToken).not.toHaveBeenCalled();
  });

  test('by a vault key that is none, which is found before the token is opened', async () => {
    const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
    const token = await seal();
    await refusalOf(
      'ERR_KEY_FORMAT',
      handoffToVault(token, { ...options, vaultKey: 'key' as unknown as VaultKey, onToken }),
    );
    const destroyed = VaultKey.generate();
    destroyed.destroy();
    await refusalOf('ERR_KEY_DESTROYED', handoffToVault(token, { ...options, vaultKey: destroyed, onToken }));
    expect(decrypt).not.toHaveBeenCalled();
  });

  test('by an entry that breaks the field table', async () => {
    const token = await seal({ ...ENTRY, domain: 'localhost', max_concurrency: 2 });
    const { issues } = await refusalOf('ERR_ENTRY_INVALID', handoffToVault(token, { ...options, onToken }));
    expect(issues?.map(({ path }) => path)).toEqual(['domain', 'max_concurrency']);
  });

  test('by a credential that is sealed already', async () => {
    const token = await seal({ ...ENTRY, password: sealValue('hunter2', vaultKey) });
    const { issues } = await refusalOf('ERR_ENTRY_INVALID', handoffToVault(token, { ...options, onToken }));
    expect(issues).toEqual([expect.objectContaining({ rule: 'credential/sealed-twice' })]);
  });

  test('by padTo out of range', async () => {
    await refusalOf('ERR_PLAINTEXT_FORMAT', handoffToVault(await seal(), { ...options, padTo: 0, onToken }));
  });

  test('by a token that is refused', async () => {
    await refusalOf('ERR_HANDOFF', handoffToVault(`${await seal()}A`, { ...options, onToken }));
  });
});

test('onToken is called once, and what it throws the call rejects with', async () => {
  const onToken = vi.fn().mockResolvedValueOnce(undefined).mockRejectedValueOnce(new Error('used before'));
  const token = await seal();
  await handoffToVault(token, { ...options, onToken });
  await expect(handoffToVault(token, { ...options, onToken })).rejects.toThrow('used before');
  expect(onToken.mock.calls[0]).toEqual(onToken.mock.calls[1]);
});

test.each<[string, unknown, 'ERR_HANDOFF' | 'ERR_KEY_FORMAT']>([
  ['none', undefined, 'ERR_HANDOFF'],
  ['null', null, 'ERR_HANDOFF'],
  ['an array', [], 'ERR_HANDOFF'],
  ['without keys', { maxAge: 600 }, 'ERR_KEY_FORMAT'],
  ['without hand-off keys', { vaultKey, maxAge: 600 }, 'ERR_HANDOFF'],
  ['without maxAge', { handoffKeys: privateJwk, vaultKey }, 'ERR_HANDOFF'],
  ['with another member', { ...options, audiance: 'a' }, 'ERR_HANDOFF'],
])('options that are %s are refused', async (_, given, code) => {
  await refusalOf(code, handoffToVault(await seal(), given as HandoffToVaultOptions));
});

describe('a token that is claimed for a job, as README has it', () => {
  interface Job {
    readonly id: string;
    readonly user: string;
    readonly token: string;
    payload?: SealedEntry;
  }
  /** A table that all workers share: token id → job. */
  let claims: Map<string, string>;
  let vault: Map<string, SealedEntry>;
  beforeEach(() => {
    claims = new Map();
    vault = new Map();
  });

  /** What a worker does with a job; `dies` says at which of its steps. */
  async function work(job: Job, dies: (step: string) => boolean = () => false): Promise<void> {
    const step = (name: string) => {
      if (dies(name)) throw new Error(`died: ${name}`);
    };
    if (job.payload === undefined) {
      let opened = { id: '' };
      const payload = await handoffToVault(job.token, {
        ...options,
        onToken: (token) => {
          opened = token;
        },
      });
      if (payload.permissioned_user_id !== job.user) throw new Error('Not the entry of who is logged in.');
      const claimed = claims.get(opened.id) ?? job.id;
      claims.set(opened.id, claimed);
      if (claimed !== job.id) throw new Error('This token was used before.');
      step('behind the claim');
      job.payload = payload;
    }
    step('before it sends');
    const there = vault.get(job.user);
    if (there !== undefined && there !== job.payload) throw new Error('409');
    vault.set(job.user, job.payload);
    step('before it hears the answer');
  }

  const USER = ENTRY.permissioned_user_id;
  const passwordOf = (user: string) => openEntry(vault.get(user) as StoredEntry, vaultKey).password;

  test.each(['behind the claim', 'before it sends', 'before it hears the answer'])(
    'is stored when the job comes again that died %s, and refused in another job',
    async (where) => {
      const token = await seal();
      const job: Job = { id: 'job-1', user: USER, token };
      await expect(work(job, (step) => step === where)).rejects.toThrow('died');
      await expect(work({ id: 'job-2', user: USER, token })).rejects.toThrow('used before');
      await work(job);
      expect(passwordOf(USER)).toBe(ENTRY.password);
      await expect(work({ id: 'job-3', user: USER, token })).rejects.toThrow('used before');
    },
  );

  test('is not used up by whoever is not its user', async () => {
    const token = await seal();
    await expect(work({ id: 'job-1', user: 'mallory', token })).rejects.toThrow('Not the entry');
    await work({ id: 'job-2', user: USER, token });
    expect(passwordOf(USER)).toBe(ENTRY.password);
  });

  test('is stored once of 100, whatever dies, and no replay is', async () => {
    let seed = 7;
    const dies = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % 3 === 0;
    };
    for (let index = 0; index < 100; index++) {
      const user = `user-${index}`;
      const job: Job = {
        id: `job-${index}`,
        user,
        token: await seal({ ...ENTRY, permissioned_user_id: user }),
      };
      for (let isDone = false; !isDone; ) {
        isDone = await work(job, dies).then(
          () => true,
          (error: Error) => {
            expect(error.message).toMatch(/^died/);
            return false;
          },
        );
        await expect(work({ id: `replay of ${index}`, user, token: job.token })).rejects.toThrow(
          'used before',
        );
      }
      expect(passwordOf(user)).toBe(ENTRY.password);
    }
  });
});
