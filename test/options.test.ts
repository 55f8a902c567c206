import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import * as bulk from '../src/bulk/index.js';
import { startEmulator } from '../src/emulator/index.js';
import { CredsealError, type CredsealErrorCode } from '../src/errors.js';
import * as handoff from '../src/handoff/index.js';
import * as core from '../src/index.js';
import * as keyFile from '../src/key-file/index.js';

// What this file is for: an option that somebody misspelt, or gave a value that is none, never means the default.

const key = core.VaultKey.generate();
const ENTRY = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com', password: 'hunter2' };
const PASSPHRASE = 'correct horse battery staple';
const { publicJwk, privateJwk } = await handoff.generateHandoffKeys();
const token = await handoff.sealHandoff(ENTRY, publicJwk, { expiresIn: 60, audience: 'worker' });
const csv = new Blob(['who,where\nada,https://a.example\n']);

const emulator = await startEmulator({ key, apiKey: 'sk' });
const requests = core.vaultRequests({ apiKey: 'sk', key });
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
      allowUnknown: ['new_field'],
      maxBodyBytes: 1000,
      onAnswer: () => undefined,
    },
    call: async (options) => (await startEmulator(options)).close(),
  },
};

/** What takes no options. An entry, or what names one, is none: it may have any members that an answer has. */
const takesNone = [
  'CredsealError',
  'KeyRing',
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
  'unprotectKeys',
  'generateHandoffKeys',
  'openEntries',
  'rotateEntries',
  'startEmulator()#close',
  'startEmulator()#putEmailCode',
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

  test.each(names)('%s is refused with a value that is none', async (name) => {
    for (const value of WRONG) await refusalOf(options, { ...all, [name]: value });
  });
});
