// What turns tokens into payloads. It alone has the private hand-off key and the vault key. It works as one does behind a
// queue: a job that failed comes again, under the same id.
import { createServer } from 'node:http';
import { CredsealError } from 'credseal';
import { pushEntries } from 'credseal/bulk';
import { handoffToVault } from 'credseal/handoff';
import { bodyOf, listen, reply } from './http.js';

/**
 * @param {object} options
 * @param {{ keys: object[] }} options.handoffKeys the current private key, and those before it until their tokens expired
 * @param {import('credseal').VaultKey} options.vaultKey
 * @param {(payload: object) => Promise<void>} options.deliver what to do with a payload: see `toVault`
 * @param {(line: string) => void} [options.log]
 * @param {number} [options.port]
 */
export async function startWorker({ handoffKeys, vaultKey, deliver, log = console.log, port = 0 }) {
  const claim = claims();
  // What a queue keeps in the job, in place of the token. The same payload is sent again, and not one sealed anew, so that the
  // vault's copy of it is recognised where only its answer was lost.
  const payloads = new Map();

  async function redeem({ job, token, user }) {
    let opened;
    const payload = await handoffToVault(token, {
      handoffKeys,
      vaultKey,
      maxAge: 600,
      audience: 'vault-worker',
      onToken: (seen) => {
        opened = seen;
      },
    });
    // Whoever has the public key can seal an entry in anybody's name: only the server knows who the user is. Before the claim,
    // so that nobody uses up the token of somebody else.
    if (payload.permissioned_user_id !== user) throw new Refused(403, 'Not your entry.');
    claim(opened, job);
    payloads.set(job, payload);
    setTimeout(() => payloads.delete(job), 1000 * opened.expiresAt - Date.now()).unref();
    return payload;
  }

  const server = createServer(async (request, response) => {
    try {
      const task = JSON.parse(await bodyOf(request));
      await deliver(payloads.get(task.job) ?? (await redeem(task)));
      reply(response, 202, { message: 'accepted' });
    } catch (error) {
      // Errors of credseal name fields and reasons, and show no values. Others might.
      if (error instanceof Refused) return reply(response, error.status, { message: error.message });
      if (error instanceof CredsealError) return reply(response, 422, { message: error.message });
      if (error instanceof NotDelivered) log(`worker: ${error.message}`);
      reply(response, 502, { message: 'It failed.' });
    }
  });
  return listen(server, port);
}

/** Sends payloads to the vault: each is preflighted, tried again where that may help, and recognised if it is there already. */
export function toVault({ vaultKey, apiKey, baseUrl }) {
  return async (payload) => {
    const entries = ReadableStream.from([{ line: 1, value: payload }]);
    for await (const outcome of entries.pipeThrough(
      pushEntries({ apiKey, keys: vaultKey, baseUrl, retries: 1 }),
    )) {
      if (outcome.httpStatus === 409)
        throw new Refused(409, 'The vault has another entry under this name: update it.');
      if ('reason' in outcome) throw new NotDelivered(outcome.reason);
    }
  };
}

/** An answer for whoever has sent the token: to try again would not help. */
class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** What the vault would not take, or nobody has heard of. The same job may come again. */
class NotDelivered extends Error {}

/**
 * Claims a token's id for a job. That job may come again: what it was doing may have failed. Another one with the same token is
 * a replay. Where there is more than one worker, claims are a table or a cache that they share, and one statement that
 * adds a claim or gives the one that is there: INSERT … ON CONFLICT (id) DO UPDATE SET job = claims.job RETURNING job, or
 * SET id job NX GET EXAT. A claim must not be lost before the token has expired.
 */
function claims() {
  const held = new Map();
  return ({ id, expiresAt }, job) => {
    for (const [known, { until }] of held) if (until * 1000 <= Date.now()) held.delete(known);
    const claimed = held.get(id) ?? { job, until: expiresAt + 60 };
    held.set(id, claimed);
    if (claimed.job !== job) throw new Refused(409, 'This token was used before.');
  };
}
