import { expect, test } from 'vitest';
import { openEntry } from '../../src/entry/open-entry.js';
import { CredsealError, type HandoffReason } from '../../src/errors.js';
import { generateHandoffKeys } from '../../src/handoff/generate-handoff-keys.js';
import { openHandoff } from '../../src/handoff/open-handoff.js';
import {
  handoffJobId,
  isFinal,
  peekHandoff,
  type RedeemOptions,
  redeemHandoff,
} from '../../src/queue/index.js';
import { KEY } from '../emulator/local-vault.js';
import { AUDIENCE, entryOf, privateJwk, publicJwk, tokenOf } from './jobs.js';

const options: RedeemOptions = {
  handoffKeys: privateJwk,
  vaultKey: KEY,
  maxAge: 600,
  audience: AUDIENCE,
  claim: () => true,
};
const errorOf = (promise: Promise<unknown>): Promise<CredsealError> =>
  promise.then(
    () => expect.fail('not refused'),
    (error) => error,
  );

test('a token is redeemed for its user: the payload opens to the entry, and the claim knows the token', async () => {
  const claimed: unknown[] = [];
  const token = await tokenOf('ada');
  const claim: RedeemOptions['claim'] = (seen) => claimed.push(seen) === 1;
  const payload = await redeemHandoff({ token, user: 'ada' }, { ...options, claim });
  expect(openEntry(payload, KEY)).toEqual(entryOf('ada'));
  const { expiresAt, keyId } = peekHandoff(token);
  expect(claimed).toEqual([
    { id: expect.any(String), issuedAt: expiresAt - 600, expiresAt, keyId, audience: AUDIENCE },
  ]);
});

test('the user is compared before the claim: nobody uses up the token of somebody else', async () => {
  let claims = 0;
  const claim = () => ++claims > 0;
  const error = await errorOf(
    redeemHandoff({ token: await tokenOf('ada'), user: 'eve' }, { ...options, claim }),
  );
  expect(error).toMatchObject({ code: 'ERR_HANDOFF', reason: 'user' });
  expect(claims).toBe(0);
});

test('an entry that is invalid is refused before the claim, and for good', async () => {
  let claims = 0;
  const claim = () => ++claims > 0;
  const token = await tokenOf('ada', { tfa_secret: '12345678' });
  const error = await errorOf(redeemHandoff({ token, user: 'ada' }, { ...options, claim }));
  expect(error.code).toBe('ERR_ENTRY_INVALID');
  expect(isFinal(error)).toBe(true);
  expect(claims).toBe(0);
});

const changed = async () =>
  (await tokenOf('ada')).replace(/.{30}$/, (end) => end.split('').reverse().join(''));
const refusals: readonly [HandoffReason, boolean, () => Promise<[unknown, Partial<RedeemOptions>]>][] = [
  ['malformed', true, async () => ['no token', {}]],
  ['malformed', true, async () => [7, {}]],
  ['expired', true, async () => [await expired(), {}]],
  ['audience', true, async () => [await tokenOf('ada'), { audience: 'another' }]],
  ['audience', true, async () => [await tokenOf('ada'), { audience: undefined }]],
  ['used', true, async () => [await tokenOf('ada'), { claim: () => false }]],
  ['used', true, async () => [await tokenOf('ada'), { claim: () => 'yes' as never }]],
  [
    'unknown-key',
    false,
    async () => [await tokenOf('ada'), { handoffKeys: (await generateHandoffKeys()).privateJwk }],
  ],
  ['option', false, async () => [await tokenOf('ada'), { maxAge: 0 }]],
  ['option', false, async () => [await tokenOf('ada'), { handoffKeys: publicJwk as never }]],
  ['option', false, async () => [await tokenOf('ada'), { claim: undefined as never }]],
];

async function expired(): Promise<string> {
  const token = await tokenOf('ada', {}, 1);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  return token;
}

test.each(refusals)('%s is final: %s', async (reason, final, make) => {
  const [token, more] = await make();
  const error = await errorOf(
    redeemHandoff({ token: token as string, user: 'ada' }, { ...options, ...more }),
  );
  expect(error).toMatchObject({ code: 'ERR_HANDOFF', reason });
  expect(isFinal(error)).toBe(final);
});

test('a changed token is refused as malformed or changed, and for good', async () => {
  const error = await errorOf(redeemHandoff({ token: await changed(), user: 'ada' }, options));
  expect(['malformed', 'changed']).toContain(error.reason);
  expect(isFinal(error)).toBe(true);
});

test('openHandoff gives the same reasons', async () => {
  const error = await errorOf(openHandoff('no token', privateJwk, { maxAge: 600 }));
  expect(error).toMatchObject({ code: 'ERR_HANDOFF', reason: 'malformed' });
});

test('what is neither the token nor the entry is never final', () => {
  for (const error of [
    new Error('a queue that is away'),
    new CredsealError('ERR_VAULT_UNREACHABLE', 'No answer.'),
    new CredsealError('ERR_VAULT_REFUSED', 'Closed.', { status: 429 }),
    new CredsealError('ERR_KEY_DESTROYED', 'Destroyed.'),
    new CredsealError('ERR_ENTRY_INVALID', 'An option.'),
  ])
    expect(isFinal(error)).toBe(false);
});

test('the id of a job is a hash of the token: the same token is the same job, another copy is another', async () => {
  const token = await tokenOf('ada');
  expect(handoffJobId(token)).toMatch(/^[0-9a-f]{64}$/);
  expect(handoffJobId(token)).toBe(handoffJobId(token));
  const [head, ...rest] = token.split('.');
  const copy = [head, ...rest.slice(0, -1), 'A'.repeat(22)].join('.');
  expect(handoffJobId(copy)).not.toBe(handoffJobId(token));
  for (const bad of ['', 'x', undefined as never]) {
    expect(() => handoffJobId(bad)).toThrow(CredsealError);
    expect(() => peekHandoff(bad)).toThrow(CredsealError);
  }
});
