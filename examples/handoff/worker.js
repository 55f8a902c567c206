// What turns tokens into payloads. It alone has the private hand-off key and the vault key.
import { createServer } from 'node:http';
import { CredsealError, guardFetch } from 'credseal';
import { handoffToVault } from 'credseal/handoff';
import { bodyOf, listen, reply } from './http.js';

/**
 * @param {object} options
 * @param {{ keys: object[] }} options.handoffKeys the current private key, and those before it until their tokens expired
 * @param {import('credseal').VaultKey} options.vaultKey
 * @param {(payload: object) => Promise<void>} options.deliver what to do with a payload: see `toVault`
 * @param {number} [options.port]
 */
export async function startWorker({ handoffKeys, vaultKey, deliver, port = 0 }) {
  const onToken = onlyOnce();
  const server = createServer(async (request, response) => {
    try {
      const { token, user } = JSON.parse(await bodyOf(request));
      const payload = await handoffToVault(token, {
        handoffKeys,
        vaultKey,
        maxAge: 600,
        audience: 'vault-worker',
        onToken,
      });
      // Whoever has the public key can seal an entry in anybody's name: only the server knows who the user is.
      if (payload.permissioned_user_id !== user) return reply(response, 403, { message: 'Not your entry.' });
      await deliver(payload);
      reply(response, 202, { message: 'accepted' });
    } catch (error) {
      // Errors of credseal name fields and reasons, and show no values. Others might.
      const message =
        error instanceof CredsealError || error instanceof Conflict ? error.message : 'It failed.';
      reply(response, error instanceof CredsealError ? 422 : error instanceof Conflict ? 409 : 502, {
        message,
      });
    }
  });
  return listen(server, port);
}

/** Sends payloads to the vault, after preflight has looked at them once more. */
export function toVault({ vaultKey, apiKey, baseUrl }) {
  const send = guardFetch(fetch, { keys: vaultKey, baseUrl });
  return async (payload) => {
    const headers = { 'cc-key': apiKey, 'content-type': 'application/json' };
    const response = await send(`${baseUrl}/vault`, {
      method: 'POST',
      headers,
      body: JSON.stringify(payload),
    });
    if (response.status === 409)
      throw new Conflict('The vault has another entry under this name: update it.');
    if (!response.ok) throw new Error(`The vault answered ${response.status}.`);
  };
}

/** What trying again does not help against, and whoever has sent the token should know. */
class Conflict extends Error {}

/**
 * Refuses a token that was used before. Where there is more than one worker, this is a table or a cache that they share,
 * and one statement that adds the id or fails: INSERT with a unique index, SET with NX and EXAT.
 */
function onlyOnce() {
  const used = new Map();
  return ({ id, expiresAt }) => {
    for (const [known, until] of used) if (until * 1000 <= Date.now()) used.delete(known);
    if (used.has(id)) throw new Conflict('This token was used before.');
    used.set(id, expiresAt);
  };
}
