import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Job, Queue } from 'bullmq';
import type { SealedEntry } from '../entry/seal-entry.js';
import type { JobStore } from '../queue/work-job.js';

/** A claim outlives its token by this, in seconds: clocks differ. */
const CLAIM_MARGIN = 60;
/** For so long an entry is one job's to send, in ms, should that be killed; three attempts take 90 s at most. */
const LEASE_MS = 120_000;
/** For so long it is known which token of an entry was the last, in seconds: 30 days. */
const KNOWN_FOR = 2_592_000;

// Each script has one key, or keys of one queue: a cluster with a hash tag in the prefix can run them.
const SCRIPTS = {
  credsealClaim: {
    numberOfKeys: 1,
    lua: `local held = redis.call('GET', KEYS[1])
if held then return held == ARGV[1] and 1 or 0 end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('EXPIREAT', KEYS[1], ARGV[2])
return 1`,
  },
  // Two workers may have the same job, where one was taken for dead: the first payload is that of both.
  credsealRedeem: {
    numberOfKeys: 1,
    lua: `local raw = redis.call('HGET', KEYS[1], 'data')
if not raw then return '' end
local isJson, held = pcall(cjson.decode, raw)
if not (isJson and type(held) == 'table' and held.token == ARGV[1]) then return raw end
redis.call('HSET', KEYS[1], 'data', ARGV[2])
return ARGV[2]`,
  },
  credsealBegin: {
    numberOfKeys: 1,
    lua: `local held = redis.call('HMGET', KEYS[1], 'issuedAt', 'job', 'until')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if held[1] and tonumber(held[1]) > tonumber(ARGV[2]) then return 'older' end
if held[2] and held[2] ~= ARGV[1] and tonumber(held[3]) > now then return 'busy' end
redis.call('HSET', KEYS[1], 'issuedAt', ARGV[2], 'job', ARGV[1], 'until', now + ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 'begun'`,
  },
  credsealEnd: {
    numberOfKeys: 1,
    lua: `if redis.call('HGET', KEYS[1], 'job') == ARGV[1] then redis.call('HDEL', KEYS[1], 'job', 'until') end
return 1`,
  },
  // A pause is BullMQ's own: a counter beyond every limit, until it expires. That of another job is only ever lengthened.
  // It counts where the queue has a limit: one that never strikes, if there is none.
  credsealPause: {
    numberOfKeys: 2,
    lua: `local pause = 9007199254740991
local ttl = 0
if tonumber(redis.call('GET', KEYS[1]) or 0) >= pause then ttl = redis.call('PTTL', KEYS[1]) end
if ttl < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '9007199254740991', 'PX', ARGV[1]) end
if ARGV[2] == '1' and redis.call('HEXISTS', KEYS[2], 'max') == 0 then
  redis.call('HSET', KEYS[2], 'max', 1000000000, 'duration', 1000)
end
return 1`,
  },
} as const;

type Client = Awaited<Queue['backend']['client']>;
const prepared = new WeakSet<Client>();

async function run(queue: Queue, name: keyof typeof SCRIPTS, ...args: (string | number)[]): Promise<unknown> {
  const client = await queue.backend.client;
  if (!prepared.has(client)) {
    for (const [each, script] of Object.entries(SCRIPTS)) client.defineCommand(each, script);
    prepared.add(client);
  }
  return client.runCommand(name, args);
}

/** Pauses the queue for all its workers, at least so many ms. */
export async function pauseQueue(queue: Queue, job: Job, ms: number): Promise<void> {
  // Where the worker has a limit of its own, that is enough, and one of the queue would be in its place.
  const { queue: worker } = job as unknown as { queue?: { opts?: { limiter?: unknown } } };
  const needsLimit = worker?.opts?.limiter === undefined ? 1 : 0;
  await run(queue, 'credsealPause', queue.keys.limiter ?? '', queue.keys.meta ?? '', ms, needsLimit);
}

/** What Redis keeps for a job, beside the queue's own keys. */
export function redisStore(queue: Queue, job: Job): JobStore {
  const keyOf = (kind: string, id: string) => `credseal:${queue.qualifiedName}:${kind}:${id}`;
  const entryKey = ({ permissioned_user_id, domain }: SealedEntry) =>
    keyOf('entry', bytesToHex(sha256(utf8ToBytes(JSON.stringify([permissioned_user_id, domain])))));
  // A job that was removed, and put on the queue again with the same token, is another one.
  const instance = `${job.id} ${job.timestamp}`;
  return {
    claim: async ({ id, expiresAt }) =>
      (await run(queue, 'credsealClaim', keyOf('claim', id), instance, expiresAt + CLAIM_MARGIN)) === 1,
    async redeem(token, data) {
      const held = await run(queue, 'credsealRedeem', queue.toKey(job.id ?? ''), token, JSON.stringify(data));
      return held === '' ? undefined : JSON.parse(String(held));
    },
    async begin(entry, issuedAt) {
      const args = [entryKey(entry), instance, issuedAt, LEASE_MS, KNOWN_FOR] as const;
      const turn = await run(queue, 'credsealBegin', ...args);
      return turn === 'older' || turn === 'busy' ? turn : 'begun';
    },
    async end(entry) {
      await run(queue, 'credsealEnd', entryKey(entry), instance);
    },
  };
}
