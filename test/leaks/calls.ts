import * as library from '../../src/index.js';
import { account, migrationUri } from '../totp/migration-payload.js';
import { API_KEY, fullEntry, sealedEntry, storedEntry } from './marked-entry.js';
import { MARKED_KEY, MARKER, OLD_MARKED_KEY } from './marker.js';

/** What an argument has to be; anything else must be refused. */
export type Need = 'string' | 'bytes' | 'key' | 'object' | 'payload' | 'function';

/** One thing to call, with arguments that it takes and that are full of secrets. */
export interface Call {
  readonly good: () => readonly unknown[];
  readonly call: (args: readonly unknown[]) => unknown;
  readonly needs: readonly (Need | undefined)[];
  /** Whether the result shows what it was given: keys on request, opened values, entries and requests. */
  readonly reveals: boolean;
  /** Arguments that are names, shown in errors as names are. */
  readonly names: readonly number[];
  /** Whether it is a function of the platform, wrapped, and fails as the platform does where it is none of our affair. */
  readonly isWrapper: boolean;
}

const { CredsealError, KeyRing, TotpSecret, VaultKey } = library;

const key = () => VaultKey.fromHex(MARKED_KEY);
const oldKey = () => VaultKey.fromHex(OLD_MARKED_KEY);
const ring = () => new KeyRing(key(), [oldKey()]);
const totp = () => TotpSecret.parse(MARKER);
const requests = () => library.vaultRequests({ apiKey: API_KEY, key: key() });
const ref = () => ({ permissioned_user_id: MARKER, domain: `https://${MARKER}.example` });
const uri = migrationUri(account({ secret: Buffer.from(MARKER), name: 'ada', issuer: 'ACME' }));
const platformFetch = async () => new Response();
const guarded = () => library.guardFetch(platformFetch, { keys: ring() });
const VAULT = 'https://api.cloudcruise.com/vault';

type Options = Partial<Pick<Call, 'needs' | 'reveals' | 'names' | 'isWrapper'>>;

const call = (
  run: Call['call'],
  good: Call['good'] = () => [],
  { needs = [], reveals = false, names = [], isWrapper = false }: Options = {},
): Call => ({ call: run, good, needs, reveals, names, isWrapper });

/** A function of an object, called on it. */
const method =
  (owner: () => object, name: PropertyKey) =>
  (args: readonly unknown[]): unknown => {
    const target = owner();
    return Reflect.apply(Reflect.get(target, name), target, args);
  };
const exported = (name: keyof typeof library) => method(() => library, name);
const getter = (owner: () => object, name: PropertyKey) => () => Reflect.get(owner(), name);
const making = (Class: { prototype: object }) => (args: readonly unknown[]) =>
  Reflect.construct(Class as new () => object, args);
const revealing = { reveals: true };

const printers = (name: string, owner: () => object): Record<string, Call> =>
  Object.fromEntries(
    [
      'toString',
      'toJSON',
      Symbol.for('nodejs.util.inspect.custom'),
      Symbol.for('Deno.privateCustomInspect'),
    ].map((printer) => [`${name}#${String(printer)}`, call(method(owner, printer))]),
  );

/** Every export and every method, under the name that a reader would give it. */
export const calls: Readonly<Record<string, Call>> = {
  // For users to catch, not to make: what it is given is what it shows.
  'new CredsealError': call(() => new CredsealError('ERR_KEY_FORMAT', 'message')),
  'CredsealError#name': call(getter(() => CredsealError.prototype, 'name')),

  // Not public either, and a slip of JavaScript: `new VaultKey(process.env.KEY)`.
  'new VaultKey': call(making(VaultKey), () => [Buffer.from(MARKED_KEY, 'hex')], { needs: ['bytes'] }),
  'VaultKey.fromHex': call(
    method(() => VaultKey, 'fromHex'),
    () => [MARKED_KEY],
    { needs: ['string'] },
  ),
  'VaultKey.fromBytes': call(
    method(() => VaultKey, 'fromBytes'),
    () => [Buffer.from(MARKED_KEY, 'hex')],
    { needs: ['bytes'] },
  ),
  'VaultKey.fromJwk': call(
    method(() => VaultKey, 'fromJwk'),
    () => [key().toJwk()],
    { needs: ['object'] },
  ),
  'VaultKey.fromEnv': call(
    method(() => VaultKey, 'fromEnv'),
    () => [{ NAME: MARKED_KEY }, 'NAME'],
    { names: [1] },
  ),
  'VaultKey.generate': call(method(() => VaultKey, 'generate')),
  'VaultKey#fingerprint': call(getter(key, 'fingerprint')),
  'VaultKey#toHex': call(method(key, 'toHex'), () => [], revealing),
  'VaultKey#toJwk': call(method(key, 'toJwk'), () => [], revealing),
  'VaultKey#destroy': call(method(key, 'destroy')),
  [`VaultKey#${String(Symbol.dispose)}`]: call(method(key, Symbol.dispose)),
  ...printers('VaultKey', key),

  'KeyRing.fromEnv': call(
    method(() => KeyRing, 'fromEnv'),
    () => [{ CLOUDCRUISE_ENCRYPTION_KEY: MARKED_KEY }],
  ),
  'new KeyRing': call(making(KeyRing), () => [key(), [oldKey()]], { needs: ['key'] }),

  'new TotpSecret': call(making(TotpSecret), () => [totp()], { needs: ['object'] }),
  'TotpSecret.parse': call(
    method(() => TotpSecret, 'parse'),
    () => [MARKER],
    { needs: ['string'] },
  ),
  'TotpSecret.parseMigration': call(
    method(() => TotpSecret, 'parseMigration'),
    () => [uri],
    { needs: ['string'] },
  ),
  'TotpSecret#base32': call(getter(totp, 'base32'), () => [], revealing),
  'TotpSecret#bits': call(getter(totp, 'bits')),
  'TotpSecret#code': call(method(totp, 'code'), () => [0]),
  'TotpSecret#secondsLeft': call(method(totp, 'secondsLeft'), () => [0]),
  'TotpSecret#verify': call(method(totp, 'verify'), () => ['123456', { at: 0, window: 1 }]),
  ...printers('TotpSecret', totp),

  sealValue: call(exported('sealValue'), () => [MARKER, key(), { padTo: 64 }], { needs: ['string', 'key'] }),
  openValue: call(exported('openValue'), () => [library.sealValue(MARKER, oldKey()), ring()], {
    needs: ['string', 'key'],
    reveals: true,
  }),
  isSealed: call(exported('isSealed'), () => [library.sealValue(MARKER, key())]),
  parseSealed: call(exported('parseSealed'), () => [library.sealValue(MARKER, key())], {
    needs: ['string'],
    reveals: true,
  }),

  sealEntry: call(
    exported('sealEntry'),
    () => [fullEntry(), ring(), { operation: 'create', padTo: 64, allowUnknown: ['new_field'] }],
    {
      needs: ['object', 'key'],
      reveals: true,
    },
  ),
  'vaultEntry.validate': call(
    method(() => library.vaultEntry['~standard'], 'validate'),
    () => [fullEntry()],
    { needs: [undefined], reveals: true },
  ),
  openEntry: call(exported('openEntry'), () => [storedEntry(), ring()], {
    needs: ['object', 'key'],
    reveals: true,
  }),
  rotateEntry: call(exported('rotateEntry'), () => [storedEntry(), ring()], {
    needs: ['object', 'key'],
    reveals: true,
  }),
  toUpdate: call(exported('toUpdate'), () => [fullEntry()], { needs: ['object'], reveals: true }),

  preflight: call(exported('preflight'), () => [[sealedEntry()], { keys: ring(), operation: 'create' }], {
    needs: [undefined, 'object'],
  }),
  assertPreflight: call(
    exported('assertPreflight'),
    () => [sealedEntry(), { keys: ring(), operation: 'create' }],
    {
      needs: ['payload', 'object'],
    },
  ),
  guardFetch: call(
    exported('guardFetch'),
    () => [platformFetch, { keys: ring(), baseUrl: 'https://vault.example' }],
    {
      needs: ['function', 'object'],
    },
  ),
  'guardFetch()': call(
    (args) => Reflect.apply(guarded(), undefined, args),
    () => [VAULT, { method: 'POST', headers: { 'cc-key': API_KEY }, body: JSON.stringify(sealedEntry()) }],
    { isWrapper: true },
  ),
  selfTest: call(exported('selfTest')),

  vaultRequests: call(
    exported('vaultRequests'),
    () => [{ apiKey: API_KEY, key: ring(), baseUrl: 'https://vault.example' }],
    {
      needs: ['object'],
    },
  ),
  'vaultRequests().create': call(
    method(requests, 'create'),
    () => [fullEntry(), { padTo: 64, allowUnknown: ['new_field'] }],
    {
      needs: ['object'],
      reveals: true,
    },
  ),
  'vaultRequests().update': call(method(requests, 'update'), () => [{ ...fullEntry(), password: null }, {}], {
    needs: ['object'],
    reveals: true,
  }),
  'vaultRequests().list': call(method(requests, 'list'), () => [], revealing),
  ...Object.fromEntries(
    ['get', 'delete', 'clearBrowserState', 'tfaCode'].map((name) => [
      `vaultRequests().${name}`,
      call(method(requests, name), () => [ref()], { needs: ['object'], reveals: true }),
    ]),
  ),
  toCurl: call(exported('toCurl'), () => [{ ...requests().create(fullEntry()) }], {
    needs: ['object'],
    reveals: true,
  }),
};
