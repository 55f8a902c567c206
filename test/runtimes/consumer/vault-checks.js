// The part of the conformance suite about `credseal/vault`: a client over a vault in memory, behind the runtime's own
// Request, Response and streams.
import { KeyRing, sealEntry, VaultKey } from 'credseal';
import { checkManifest, makeManifest, vaultClient } from 'credseal/vault';
import { equal, refusedLater } from './expectations.js';
import { API_KEY, KEY_HEX, PASSWORD, secretsIn } from './secrets.js';

const key = VaultKey.fromHex(KEY_HEX);
const previous = VaultKey.fromBytes(new Uint8Array(32).fill(9));
const keys = new KeyRing(key, [previous]);
const refOf = (user) => ({ permissioned_user_id: user, domain: 'https://portal.example.com' });
const entryOf = (user) => ({ ...refOf(user), user_name: 'ada', password: PASSWORD });

/** A client of a vault in memory. Its first answer is a 503; the list comes in small pieces. */
function inMemory(entries = []) {
  const stored = new Map(entries.map((entry) => [entry.permissioned_user_id, entry]));
  const events = [];
  let count = 0;
  const vault = vaultClient({
    apiKey: API_KEY,
    keys,
    onEvent: (event) => events.push(event),
    fetch: async (url, init) => {
      const request = new Request(url, init);
      count += 1;
      if (count === 1) return new Response('busy', { status: 503 });
      const { pathname, searchParams } = new URL(request.url);
      const sent = ['POST', 'PUT', 'DELETE', 'PATCH'].includes(request.method)
        ? await request.json()
        : undefined;
      const user = sent?.permissioned_user_id ?? searchParams.get('permissioned_user_id');
      if (pathname !== '/vault' || request.headers.get('cc-key') !== API_KEY)
        return Response.json({}, { status: 401 });
      if (request.method === 'GET' && user === null) return inPieces(JSON.stringify([...stored.values()]));
      const isNew = request.method === 'POST';
      if (stored.has(user) === isNew) return Response.json({}, { status: isNew ? 409 : 404 });
      if (request.method === 'DELETE') return Response.json({ success: stored.delete(user) });
      if (sent) stored.set(user, { ...stored.get(user), ...sent });
      return Response.json(stored.get(user), { status: isNew ? 201 : 200 });
    },
  });
  return { vault, stored, events };
}

function inPieces(text) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + 100));
        at += 100;
      },
    }),
  );
}

async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

export const vaultChecks = {
  'vault: creates, gets, lists, updates, deletes, and tries again': async () => {
    const { vault, stored, events } = inMemory();
    const { password } = await vault.create(entryOf('a'));
    equal([password, secretsIn(JSON.stringify([...stored]))], [PASSWORD, []]);
    equal((await vault.upsert({ ...refOf('a'), user_name: 'bob' })).outcome, 'updated');
    equal((await vault.get(refOf('a'))).user_name, 'bob');
    equal(await vault.get(refOf('b')), undefined);
    equal(
      (await all(vault.list())).map(({ entry }) => entry.password),
      [PASSWORD],
    );
    equal([await vault.delete(refOf('a')), await vault.delete(refOf('a'))], [true, false]);
    await refusedLater('ERR_VAULT_REFUSED', () => vault.update(entryOf('a')));
    equal(
      events.slice(0, 2).map(({ outcome, status }) => [outcome, status]),
      [
        ['retry', 503],
        ['ok', 201],
      ],
    );
    equal(secretsIn(JSON.stringify(events) + String(vault) + JSON.stringify(vault)), []);
  },
  'vault: plans, applies and rotates, with a receipt': async () => {
    const { vault, stored } = inMemory([sealEntry(entryOf('a'), previous), sealEntry(entryOf('b'), key)]);
    const rotation = vault.rotate();
    equal(
      (await all(rotation)).map(({ outcome }) => outcome),
      ['rotated'],
    );
    const { rotated, currentBefore, underPreviousKeys, unopenable } = await rotation.receipt;
    equal([rotated, currentBefore, underPreviousKeys, unopenable], [1, 1, 0, 0]);
    const plan = await vault.plan([entryOf('a'), entryOf('c')], { prune: true });
    equal([plan.create.length, plan.update.length, plan.delete.length, plan.unchanged], [1, 0, 1, 1]);
    equal(
      (await all(vault.apply(plan, { maxDeletes: 1 }))).map(({ outcome }) => outcome),
      ['done', 'done'],
    );
    equal([...stored.keys()].sort(), ['a', 'c']);
  },
  'vault: a signal ends a call with its reason': async () => {
    const stop = new AbortController();
    const vault = vaultClient({ apiKey: API_KEY, keys, fetch: () => new Promise(() => undefined) });
    const call = vault.get(refOf('a'), { signal: stop.signal });
    stop.abort(new Error('enough'));
    equal(await call.catch(({ message }) => message), 'enough');
  },
  'manifest: what changed places is told': async () => {
    const [a, b] = ['a', 'b'].map((user) => sealEntry(entryOf(user), key));
    const manifest = await makeManifest([a, b], key);
    equal(await checkManifest([b, a], manifest, key), { ok: true, findings: [] });
    const exchanged = [
      { ...a, password: b.password },
      { ...b, password: a.password },
    ];
    const { ok, findings } = await checkManifest(exchanged, manifest, key);
    equal([ok, findings.map(({ rule }) => rule)], [false, ['manifest/changed', 'manifest/changed']]);
  },
};
