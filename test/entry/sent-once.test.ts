import { describe, expect, test } from 'vitest';
import { pushEntries } from '../../src/bulk/index.js';
import { pushJob } from '../../src/bullmq/index.js';
import { sealValue } from '../../src/index.js';
import { chunkEntries, sendSealed } from '../../src/queue/index.js';
import { vaultClient } from '../../src/vault/index.js';
import { everything, streamOf } from '../bulk/streams.js';
import { all } from '../vault/vaults.js';
import { KEY, REF } from './sealing.js';

// What takes entries that are sealed already checks them, and sends or hands on what it has checked.

const SECRET = 'hunter2-QZXJW';
const sealed = () => ({ ...REF, user_name: sealValue('ada', KEY), password: sealValue(SECRET, KEY) });

/** Everything that was sent, and a fetch that sends it. */
function recorder(onSend: () => void = () => undefined) {
  const bodies: string[] = [];
  const fetch = async (_: unknown, { method, body }: RequestInit = {}) => {
    onSend();
    if (typeof body === 'string') bodies.push(body);
    if (method === 'GET') return new Response('[]', { headers: { 'content-type': 'application/json' } });
    return new Response(body as string, { status: 201 });
  };
  return {
    bodies,
    options: { apiKey: 'sk', keys: KEY, concurrency: 1, fetch: fetch as typeof globalThis.fetch },
  };
}

const items = (entries: readonly object[]) =>
  streamOf(entries.map((value, index) => ({ line: index + 1, value }) as never));

/** What each way hands on of entries, as text. */
const WAYS: Readonly<Record<string, (entries: never[], onSend?: () => void) => Promise<string>>> = {
  async sendSealed(entries, onSend) {
    const { bodies, options } = recorder(onSend);
    await sendSealed(entries, options);
    return bodies.join();
  },
  async pushEntries(entries, onSend) {
    const { bodies, options } = recorder(onSend);
    await everything(items(entries).pipeThrough(pushEntries(options)));
    return bodies.join();
  },
  async pushJob(entries, onSend) {
    const job = pushJob(entries, KEY);
    onSend?.();
    return JSON.stringify(job);
  },
  async chunkEntries(entries, onSend) {
    const chunks = await everything(items(entries).pipeThrough(chunkEntries(KEY)));
    onSend?.();
    return JSON.stringify(chunks);
  },
  async 'plan and apply'(entries, onSend) {
    const { bodies, options } = recorder(onSend);
    const { concurrency, ...config } = options;
    const client = vaultClient(config);
    await all(client.apply(await client.plan(entries), { concurrency }));
    return bodies.join();
  },
};

const outcomeOf = (way: () => Promise<string>) => way().catch((error) => `refused: ${error.code}`);

describe.each(Object.entries(WAYS))('%s', (_, way) => {
  test('hands on what is in order', async () => {
    const text = await way([sealed()] as never);
    expect(text).toContain(sealed().permissioned_user_id);
  });

  test.each(['password', 'user_alias', 'toJSON'])(
    'a getter of %s that answers otherwise is no way around the check',
    async (name) => {
      for (let good = 0; good < 24; good++) {
        let reads = 0;
        const { password, ...rest } = sealed();
        const entry = name === 'password' ? rest : { ...rest, password };
        Object.defineProperty(entry, name, {
          enumerable: name !== 'toJSON',
          get() {
            const isGood = reads++ < good;
            if (name === 'toJSON') return isGood ? undefined : () => ({ ...rest, password: SECRET });
            if (name === 'password') return isGood ? password : SECRET;
            return isGood ? 'alias' : { [SECRET]: 1 };
          },
        });
        const handedOn = await outcomeOf(() => way([entry] as never));
        expect({ good, handedOn }).toEqual({ good, handedOn: expect.not.stringContaining(SECRET) });
      }
    },
  );

  test('what is changed after it was checked is not what is handed on', async () => {
    const entry: Record<string, unknown> = { ...sealed(), permissioned_user_id: 'user-2' };
    const change = () => {
      entry.password = SECRET;
    };
    const handedOn = await outcomeOf(() => way([sealed(), entry] as never, change));
    change();
    expect(handedOn).toContain('user-1');
    expect(handedOn).not.toContain(SECRET);
  });
});
