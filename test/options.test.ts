import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import * as bulk from '../src/bulk/index.js';
import * as bullmq from '../src/bullmq/index.js';
import { startEmulator } from '../src/emulator/index.js';
import { CredsealError, type CredsealErrorCode } from '../src/errors.js';
import * as handoff from '../src/handoff/index.js';
import * as core from '../src/index.js';
import * as keyFile from '../src/key-file/index.js';
import * as pgBoss from '../src/pg-boss/index.js';
import * as queue from '../src/queue/index.js';
import * as vault from '../src/vault/index.js';
import { everything, streamOf } from './bulk/streams.js';
import { all } from './vault/vaults.js';

// What this file is for: an option that somebody misspelt, or gave a value that is none, never means the default.

const key = core.VaultKey.generate();
const ENTRY = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com', password: 'hunter2' };
const PASSPHRASE = 'correct horse battery staple';
const { publicJwk, privateJwk } = await handoff.generateHandoffKeys();
const token = await handoff.sealHandoff(ENTRY, publicJwk, { expiresIn: 60, audience: 'worker' });
const protectedKeys = await keyFile.protectKeys(key, PASSPHRASE);
const csv = new Blob(['who,where\nada,https://a.example\n']);

const emulator = await startEmulator({ key, apiKey: 'sk' });
const requests = core.vaultRequests({ apiKey: 'sk', key });
const client = vault.vaultClient({ apiKey: 'sk', keys: key, baseUrl: emulator.url });
/** Where a database would be: what it is asked is tried in test/pg-boss, and here, what it is not asked. */
const db = { executeSql: async () => ({ rows: [] }) };
const transaction = { db, commit: async () => undefined, rollback: async () => undefined };
const boss = {
  getDb: () => ({ ...db, beginTransaction: async () => transaction }),
  fetch: async () => [],
  send: async () => null,
  insert: async () => null,
  createQueue: async () => undefined,
  listenerCount: () => 0,
} as unknown as Parameters<typeof pgBoss.workPush>[0];
const place = { name: 'other', schema: 'other' };
const working = { localConcurrency: 2, pollingIntervalSeconds: 1, onRefused: () => undefined };
const newEntry = () => ({ ...ENTRY, permissioned_user_id: crypto.randomUUID() });
afterAll(() => emulator.close());

/** A function that takes options, with all of them, and the code for one that it does not know. */
interface Options {
  readonly code: CredsealErrorCode;
  readonly all: Readonly<Record<string, unknown>>;
  readonly call: (options: never) => unknown;
}

const sealing = { padTo: 64, allowUnknown: ['new_field'] };
const checking = { operation: 'update', allowUnknown: ['new_field'] };
const opening = { maxAge: 600, audience: 'worker', onToken: () => undefined };
const journal = { has: () => false, add: () => undefined };
const calling = { ...sealing, signal: new AbortController().signal };
const CLIENT = 'ERR_REQUEST_INVALID';

const takesOptions: Readonly<Record<string, Options>> = {
  sealValue: {
    code: 'ERR_PLAINTEXT_FORMAT',
    all: { padTo: 64 },
    call: (options) => core.sealValue('value', key, options),
  },
  'TotpSecret#verify': {
    code: 'ERR_TOTP_FORMAT',
    all: { at: 0, window: 2 },
    call: (options) => core.TotpSecret.parse('JBSWY3DPEHPK3PXP').verify('282760', options),
  },
  sealEntry: {
    code: 'ERR_ENTRY_INVALID',
    all: { ...sealing, operation: 'update' },
    call: (options) => core.sealEntry(ENTRY, key, options),
  },
  vaultRequests: {
    code: 'ERR_REQUEST_INVALID',
    all: { apiKey: 'sk', key, baseUrl: 'https://vault.example' },
    call: (options) => core.vaultRequests(options),
  },
  'vaultRequests()#create': {
    code: 'ERR_ENTRY_INVALID',
    all: sealing,
    call: (options) => requests.create(ENTRY, options),
  },
  'vaultRequests()#update': {
    code: 'ERR_ENTRY_INVALID',
    all: sealing,
    call: (options) => requests.update(ENTRY, options),
  },
  preflight: {
    code: 'ERR_ENTRY_INVALID',
    all: { ...checking, keys: key },
    call: (options) => core.preflight([], options),
  },
  assertPreflight: {
    code: 'ERR_ENTRY_INVALID',
    all: { ...checking, keys: key },
    call: (options) => core.assertPreflight([], options),
  },
  guardFetch: {
    code: 'ERR_REQUEST_INVALID',
    all: { keys: key, baseUrl: 'https://vault.example', allowUnknown: ['new_field'] },
    call: (options) => core.guardFetch(fetch, options),
  },
  protectKeys: {
    code: 'ERR_KEY_FILE',
    all: { iterations: 210_000 },
    call: (options) => keyFile.protectKeys(key, PASSPHRASE, options),
  },
  unprotectKeys: {
    code: 'ERR_KEY_FILE',
    all: { maxIterations: 210_000 },
    call: (options) => keyFile.unprotectKeys(protectedKeys, PASSPHRASE, options),
  },
  loadKeys: {
    code: 'ERR_KEY_FILE',
    all: { passphrase: PASSPHRASE, maxIterations: 210_000 },
    call: (options) => keyFile.loadKeys(protectedKeys, options),
  },
  resolveReferences: {
    code: 'ERR_ENTRY_INVALID',
    all: { resolvers: { secrets: () => 'hunter2' }, env: {} },
    call: (options) => keyFile.resolveReferences({ ...ENTRY, password: { from: 'secrets:portal' } }, options),
  },
  sealHandoff: {
    code: 'ERR_HANDOFF',
    all: { expiresIn: 60, audience: 'worker' },
    call: (options) => handoff.sealHandoff(ENTRY, publicJwk, options),
  },
  openHandoff: {
    code: 'ERR_HANDOFF',
    all: opening,
    call: (options) => handoff.openHandoff(token, privateJwk, options),
  },
  handoffToVault: {
    code: 'ERR_HANDOFF',
    all: { ...opening, handoffKeys: privateJwk, vaultKey: key, padTo: 64 },
    call: (options) => handoff.handoffToVault(token, options),
  },
  redeemHandoff: {
    code: 'ERR_HANDOFF',
    all: {
      maxAge: 600,
      audience: 'worker',
      handoffKeys: privateJwk,
      vaultKey: key,
      padTo: 64,
      claim: () => true,
    },
    call: (options) => queue.redeemHandoff({ token, user: ENTRY.permissioned_user_id }, options),
  },
  sendSealed: {
    code: CLIENT,
    all: {
      apiKey: 'sk',
      keys: key,
      baseUrl: 'https://vault.example',
      mode: 'upsert',
      concurrency: 2,
      timeout: 1000,
      signal: new AbortController().signal,
      fetch,
      allowUnknown: ['new_field'],
    },
    call: (options) => queue.sendSealed([], options),
  },
  pushJob: {
    code: CLIENT,
    all: { mode: 'upsert', allowUnknown: ['new_field'] },
    call: (options) => bullmq.pushJob([], key, options),
  },
  vaultProcessor: {
    code: CLIENT,
    all: {
      queue: 'vault',
      // Nobody listens there, and nobody is asked: the connection is made with the first job.
      connection: { host: '127.0.0.1', port: 1, lazyConnect: true },
      prefix: 'bull',
      onPause: () => undefined,
      onSent: () => undefined,
      vaultKey: key,
      handoffKeys: privateJwk,
      maxAge: 600,
      audience: 'worker',
      padTo: 64,
      mode: 'upsert',
      apiKey: 'sk',
      baseUrl: 'https://vault.example',
      concurrency: 2,
      timeout: 1000,
      fetch,
      allowUnknown: ['new_field'],
    },
    call: (options) => bullmq.vaultProcessor(options),
  },
  chunkEntries: {
    code: CLIENT,
    all: { size: 10, mode: 'update', allowUnknown: ['new_field'] },
    call: (options) => queue.chunkEntries(key, options),
  },
  readNdjson: {
    code: 'ERR_ENTRY_INVALID',
    all: { maxLineBytes: 1000 },
    call: (options) => bulk.readNdjson(options),
  },
  writeNdjson: {
    code: 'ERR_ENTRY_INVALID',
    all: { onFailure: () => undefined },
    call: (options) => bulk.writeNdjson(options),
  },
  sealEntries: {
    code: 'ERR_ENTRY_INVALID',
    all: { ...sealing, operation: 'update' },
    call: (options) => bulk.sealEntries(key, options),
  },
  preflightEntries: {
    code: 'ERR_ENTRY_INVALID',
    all: checking,
    call: (options) => bulk.preflightEntries(key, options),
  },
  importEntries: {
    code: 'ERR_ENTRY_INVALID',
    all: {
      from: 'csv',
      userId: '{row}',
      map: { where: 'domain' },
      skipBadTotp: true,
      totp: [new Blob(['otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP'])],
      totpMap: { 1: 1 },
    },
    call: (options) => bulk.importEntries(csv, options),
  },
  pushEntries: {
    code: 'ERR_REQUEST_INVALID',
    all: {
      apiKey: 'sk',
      keys: key,
      baseUrl: 'https://vault.example',
      mode: 'upsert',
      concurrency: 2,
      retries: 2,
      timeout: 1000,
      dryRun: true,
      journal,
      signal: new AbortController().signal,
      fetch,
      allowUnknown: ['new_field'],
    },
    call: (options) => bulk.pushEntries(options),
  },
  startEmulator: {
    code: 'ERR_REQUEST_INVALID',
    all: {
      apiKey: 'sk',
      key,
      port: 0,
      host: '127.0.0.1',
      data: undefined,
      now: Date.now,
      faults: { script: [null], rates: [{ rate: 0.5, latency: 1 }], random: Math.random },
      updates: 'replace',
      nulls: 'absent',
      allowUnknown: ['new_field'],
      maxBodyBytes: 1000,
      onAnswer: () => undefined,
    },
    call: async (options) => (await startEmulator(options)).close(),
  },
  makeManifest: {
    code: 'ERR_MANIFEST',
    all: { previous: '0'.repeat(64), vault: 'https://vault.example' },
    call: (options) => vault.makeManifest([], key, options),
  },
  createVaultQueues: {
    code: CLIENT,
    all: { ...place, heartbeatSeconds: 20 },
    call: (options) => pgBoss.createVaultQueues(boss, options),
  },
  sendHandoff: {
    code: CLIENT,
    all: { name: 'other', db },
    call: (options) => pgBoss.sendHandoff(boss, token, 'ada', options),
  },
  insertPush: {
    code: CLIENT,
    all: { name: 'other', db, mode: 'update', allowUnknown: ['new_field'] },
    call: (options) => pgBoss.insertPush(boss, [], key, options),
  },
  vaultQueueCounts: {
    code: CLIENT,
    all: place,
    call: (options) => pgBoss.vaultQueueCounts(boss, options),
  },
  resumeVaultQueues: {
    code: CLIENT,
    all: place,
    call: (options) => pgBoss.resumeVaultQueues(boss, options),
  },
  workHandoff: {
    code: CLIENT,
    all: {
      ...place,
      ...working,
      vaultKey: key,
      handoffKeys: privateJwk,
      maxAge: 600,
      audience: 'worker',
      padTo: 64,
      mode: 'upsert',
    },
    call: (options) => pgBoss.workHandoff(boss, options).end(),
  },
  workPush: {
    code: CLIENT,
    all: {
      ...place,
      ...working,
      vaultKey: key,
      apiKey: 'sk',
      baseUrl: 'https://vault.example',
      concurrency: 2,
      timeout: 1000,
      fetch,
      allowUnknown: ['new_field'],
      onPause: () => undefined,
      onSent: () => undefined,
    },
    call: (options) => pgBoss.workPush(boss, options).end(),
  },
  vaultClient: {
    code: CLIENT,
    all: {
      apiKey: 'sk',
      keys: key,
      baseUrl: 'https://vault.example',
      fetch,
      retries: 2,
      timeout: 1000,
      onEvent: () => undefined,
    },
    call: (options) => vault.vaultClient(options),
  },
  'vaultClient()#create': {
    code: CLIENT,
    all: calling,
    call: (options) => client.create(newEntry(), options),
  },
  'vaultClient()#update': {
    code: CLIENT,
    all: calling,
    async call(options) {
      await client.upsert(ENTRY);
      await client.update(ENTRY, options);
    },
  },
  'vaultClient()#upsert': {
    code: CLIENT,
    all: calling,
    call: (options) => client.upsert(ENTRY, options),
  },
  'vaultClient()#get': { code: CLIENT, all: calling, call: (options) => client.get(ENTRY, options) },
  'vaultClient()#list': {
    code: CLIENT,
    all: calling,
    call: (options) => all(client.list(options)),
  },
  'vaultClient()#delete': { code: CLIENT, all: calling, call: (options) => client.delete(ENTRY, options) },
  'vaultClient()#clearBrowserState': {
    code: CLIENT,
    all: calling,
    async call(options) {
      await client.upsert(ENTRY);
      await client.clearBrowserState(ENTRY, options);
    },
  },
  'vaultClient()#tfaCode': {
    code: CLIENT,
    all: calling,
    async call(options) {
      await client.upsert({ ...ENTRY, tfa_secret: 'JBSWY3DPEHPK3PXP', tfa_method: 'AUTHENTICATOR' });
      await client.tfaCode(ENTRY, options);
    },
  },
  'vaultClient()#plan': {
    code: CLIENT,
    all: { ...calling, prune: true },
    call: (options) => client.plan([], options),
  },
  'vaultClient()#apply': {
    code: CLIENT,
    all: { ...calling, journal, concurrency: 2, maxDeletes: 1 },
    call: async (options) => all(client.apply(await client.plan([]), options)),
  },
  'vaultClient()#rotate': {
    code: CLIENT,
    all: { ...calling, journal, concurrency: 2, dryRun: true },
    call: (options) => all(client.rotate(options)),
  },
};

/** What takes no options. An entry, or what names one, is none: it may have any members that an answer has. */
const takesNone = [
  'CredsealError',
  'KeyRing',
  'KeyRing.fromEnv',
  'TotpSecret',
  'TotpSecret#code',
  'TotpSecret#secondsLeft',
  'TotpSecret#toJSON',
  'TotpSecret#toString',
  'TotpSecret.parse',
  'TotpSecret.parseMigration',
  'VaultKey',
  'VaultKey#destroy',
  'VaultKey#toHex',
  'VaultKey#toJSON',
  'VaultKey#toJwk',
  'VaultKey#toString',
  'VaultKey.fromBytes',
  'VaultKey.fromEnv',
  'VaultKey.fromHex',
  'VaultKey.fromJwk',
  'VaultKey.generate',
  'isSealed',
  'openEntry',
  'openValue',
  'parseSealed',
  'rotateEntry',
  'selfTest',
  'toCurl',
  'toUpdate',
  'vaultRequests()#clearBrowserState',
  'vaultRequests()#delete',
  'vaultRequests()#get',
  'vaultRequests()#list',
  'vaultRequests()#tfaCode',
  // A custom element: what it takes are attributes.
  'CredsealForm',
  'CredsealForm#attributeChangedCallback',
  'CredsealForm#connectedCallback',
  'CredsealForm#disconnectedCallback',
  'CredsealForm#formResetCallback',
  'CredsealForm#formStateRestoreCallback',
  'CredsealForm#sealsIn',
  'generateHandoffKeys',
  'handoffJob',
  'handoffJobId',
  'isFinal',
  'peekHandoff',
  'openEntries',
  'rotateEntries',
  'startEmulator()#close',
  'checkManifest',
  'startEmulator()#putEmailCode',
  'startEmulator()#rateLimit',
  'startEmulator()#recordUse',
  'answerRequest',
  'judgeAnswers',
  'runVectors',
  'vectorRequests',
];

const functionsOf = (owner: object, except: readonly string[]) =>
  Object.getOwnPropertyNames(owner).filter((name) => {
    const { value } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
    return typeof value === 'function' && !except.includes(name);
  });

/** Every function that an entry point has, with those of its classes. */
function functionsOfModule(module: object): string[] {
  return Object.entries(module).flatMap(([name, exported]) => {
    if (typeof exported !== 'function') return [];
    const statics = functionsOf(exported, []).map((of) => `${name}.${of}`);
    const methods = functionsOf(exported.prototype ?? {}, ['constructor']).map((of) => `${name}#${of}`);
    return [name, ...statics, ...methods];
  });
}

test('every function of every entry point is among those that take options, or those that take none', async () => {
  const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const sources = Object.values<{ default?: string }>(exports).flatMap(({ default: file }) =>
    file ? new URL(file.replace('./dist/', '../src/').replace(/js$/, 'ts'), import.meta.url).href : [],
  );
  expect(sources.length).toBeGreaterThanOrEqual(6);
  const modules: object[] = await Promise.all(sources.map((source) => import(source)));
  const found = [
    ...modules.flatMap(functionsOfModule),
    ...functionsOf(requests, []).map((name) => `vaultRequests()#${name}`),
    ...functionsOf(client, []).map((name) => `vaultClient()#${name}`),
    ...functionsOf(emulator, []).map((name) => `startEmulator()#${name}`),
  ];
  expect(found.sort()).toEqual([...Object.keys(takesOptions), ...takesNone].sort());
});

/** The error of a call, thrown or as a rejection. */
async function refusalOf({ call }: Options, options: unknown): Promise<CredsealError> {
  const error = await Promise.resolve()
    .then(() => call(options as never))
    .then(
      () => expect.fail('not refused'),
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(CredsealError);
  return error as CredsealError;
}

/** A name as it is misspelt: letters changed places, other cases, a letter too many. */
function misspeltOf(name: string): string[] {
  const swapped = name.slice(0, -2) + name.slice(-1) + name.slice(-2, -1);
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return [swapped, name.toUpperCase(), snake, `${name}s`].filter((misspelt) => misspelt !== name);
}

/** Values that no option takes. */
const WRONG = [null, Number.NaN, Symbol('option'), [null], new Map()];

describe.each(Object.entries(takesOptions))('the options of %s', (_, options) => {
  const { code, all, call } = options;
  const names = Object.keys(all);

  test('are these', async () => {
    await call(all as never);
  });

  test.each(names)('have %s, and the refusal of one that is misspelt says so', async (name) => {
    for (const misspelt of misspeltOf(name)) {
      const error = await refusalOf(options, { ...all, [misspelt]: all[name] });
      expect(error.code).toBe(code);
      expect(error.message).toMatch(new RegExp(`(did you mean|are \\{) ${name}\\b`));
      // What was typed is not shown: it might be anything.
      expect(error.message).not.toMatch(new RegExp(`\\b${misspelt}\\b`));
    }
  });

  test('have no others, whatever their value, own or inherited, and the refusal names those there are', async () => {
    const strangers = [
      { ...all, banana: 1 },
      { ...all, banana: undefined },
      Object.assign(Object.create({ banana: 1 }), all),
    ];
    for (const stranger of strangers) {
      const error = await refusalOf(options, stranger);
      expect(error.code).toBe(code);
      for (const name of names) expect(error.message).toContain(name);
    }
    const error = await refusalOf(options, { ...all, ['__proto__']: 1 });
    expect(error.code).toBe(code);
  });

  test('are an object', async () => {
    for (const none of [null, 5, 'text', true, [], () => undefined, Symbol('options')])
      await refusalOf(options, none);
  });

  test('are read once each, so that what was checked is what counts', async () => {
    const reads: Record<string, number> = {};
    const watched = {};
    for (const name of names)
      Object.defineProperty(watched, name, {
        enumerable: true,
        get() {
          reads[name] = (reads[name] ?? 0) + 1;
          return all[name];
        },
      });
    await call(watched as never);
    for (const [name, count] of Object.entries(reads)) expect({ name, count }).toEqual({ name, count: 1 });
  });

  test('may be inherited', async () => {
    await call(Object.create(all) as never);
  });

  test.each(names)('an inherited %s is refused with a value that is none', async (name) => {
    for (const value of WRONG) await refusalOf(options, Object.create({ ...all, [name]: value }));
  });

  test.each(names)('%s is refused with a value that is none', async (name) => {
    for (const value of WRONG) await refusalOf(options, { ...all, [name]: value });
  });
});

describe('a field that allowUnknown has let through sealEntry', () => {
  const allowUnknown = ['new_field'];
  const sealed = core.sealEntry({ ...ENTRY, new_field: { a: [1] } } as typeof ENTRY, key, { allowUnknown });
  const misspelt = { ...sealed, new_fields: 1 };

  /** What comes of these entries at the other end of a stage, by line. */
  async function through(entries: object[], stage: TransformStream<never, { line: number }>) {
    const items = streamOf(entries.map((value, index) => ({ line: index + 1, value }) as never));
    return (await everything(items.pipeThrough(stage))).sort((one, other) => one.line - other.line);
  }

  test('is in order for preflight and assertPreflight, and a misspelt one is not', () => {
    expect(core.preflight([sealed], { keys: key, allowUnknown }).findings).toEqual([]);
    core.assertPreflight(sealed, { keys: key, allowUnknown });
    const { findings } = core.preflight(misspelt, { keys: key, allowUnknown });
    expect(findings).toMatchObject([{ rule: 'payload/unknown-field', path: 'new_fields' }]);
    expect(core.preflight(sealed, { keys: key }).ok).toBe(false);
  });

  test('lifts no rule of a field that is known', () => {
    const entry = { ...sealed, created_at: '2026-01-01T00:00:00Z', password: 'hunter2' };
    const { findings } = core.preflight(entry, {
      keys: key,
      allowUnknown: ['new_field', ...Object.keys(entry)],
    });
    expect(findings).toMatchObject([{ path: 'password' }, { path: 'created_at' }]);
  });

  test('is sent by guardFetch, and a misspelt one is not', async () => {
    const sent: unknown[] = [];
    const send = async (_: unknown, init?: RequestInit) => {
      sent.push(init?.body);
      return new Response();
    };
    const baseUrl = 'https://vault.example';
    const guarded = core.guardFetch(send, { keys: key, baseUrl, allowUnknown });
    const post = (entry: object) =>
      guarded(`${baseUrl}/vault`, { method: 'POST', body: JSON.stringify(entry) });
    await post(sealed);
    await expect(post(misspelt)).rejects.toMatchObject({ code: 'ERR_PREFLIGHT' });
    expect(sent).toEqual([JSON.stringify(sealed)]);
  });

  test('goes through preflightEntries and pushEntries, and a misspelt one does not', async () => {
    const other = { ...misspelt, permissioned_user_id: 'user-2', password: core.sealValue('x', key) };
    const checked = await through([sealed, other], bulk.preflightEntries(key, { allowUnknown }));
    expect(checked).toMatchObject([{ value: sealed }, { error: { code: 'ERR_PREFLIGHT' } }]);
    const options = { apiKey: 'sk', keys: key, dryRun: true, allowUnknown };
    const pushed = await through([sealed, other], bulk.pushEntries(options));
    expect(pushed).toMatchObject([
      { status: 'checked' },
      { status: 'invalid', findings: [{ path: 'new_fields' }] },
    ]);
  });
});
