import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Diagnostics, installPackage, type Project } from './installed-package.js';

const HEAD = `
  import * as credseal from 'credseal';
  import { KeyRing, openEntry, openValue, sealEntry, sealValue, toCurl, toUpdate, TotpSecret, VaultKey, vaultRequests } from 'credseal';
  import type { CredsealErrorCode, OpenedEntry, Sealed, SealedEntry, SealOptions, StoredEntry, VaultEntry, VaultRequests } from 'credseal';
  declare const key: VaultKey;
  declare const ring: KeyRing;
  declare const sealed: Sealed;
  declare const answer: StoredEntry;
  declare const requests: VaultRequests;
  const ref = { permissioned_user_id: 'u', domain: 'https://example.com' };
  const provider = { secret_provider_id: 'p', secret_ref: 'r' };
  export default [credseal, KeyRing, openEntry, openValue, sealEntry, sealValue, toCurl, toUpdate, TotpSecret, VaultKey, vaultRequests, key, ring, sealed, answer, requests, ref, provider];
`;

const COMPILES: [rule: string, code: string][] = [
  [
    'an entry with references, and what they resolve to in sealEntry',
    `import { resolveReferences, type WithReferences } from 'credseal/key-file';
     const e: WithReferences<VaultEntry> = { ...ref, user_name: 'n', password: { from: 'env:A' }, tfa_method: 'AUTHENTICATOR', tfa_secret: { from: 'x:y' } };
     sealEntry(await resolveReferences(e, { resolvers: { x: async (reference) => reference } }), key);
     sealEntry(await resolveReferences({ ...ref, password: { from: 'env:A' } }), key);`,
  ],
  [
    'keys from the environment, from content and from a function',
    `import { loadKeys } from 'credseal/key-file';
     const r: KeyRing = KeyRing.fromEnv(); class Mine extends KeyRing {}
     const l: KeyRing = await loadKeys(async () => new Uint8Array(32)); sealEntry(ref, await loadKeys('text', { passphrase: 'p' })); void [r, l, Mine];`,
  ],
  ['the least entry', 'const e: VaultEntry = ref;'],
  ['an entry with credentials', `const e: VaultEntry = { ...ref, user_name: 'n', password: 'p' };`],
  [
    'AUTHENTICATOR with a secret',
    `const e: VaultEntry = { ...ref, tfa_method: 'AUTHENTICATOR', tfa_secret: 's' };`,
  ],
  [
    'AUTHENTICATOR with a TotpSecret',
    `const e: VaultEntry = { ...ref, tfa_method: 'AUTHENTICATOR', tfa_secret: TotpSecret.parse('x') };`,
  ],
  [
    'an error, narrowed by its code',
    `declare const e: unknown;
     if (e instanceof credseal.CredsealError) {
       if (e.code === 'ERR_ENTRY_INVALID') e.issues.map(({ path }) => path);
       if (e.code === 'ERR_PREFLIGHT') e.report.findings.map(({ rule }) => rule);
       if (e.code === 'ERR_VAULT_REFUSED') e.status.toFixed();
       void [e.field, e.issues?.length, e.report, e.status, e.retryAfter];
     }`,
  ],
  ['EMAIL without a secret', `const e: VaultEntry = { ...ref, tfa_method: 'EMAIL' };`],
  ['a provider-backed entry without credentials', 'const e: VaultEntry = { ...ref, ...provider };'],
  [
    'a provider-backed entry with AUTHENTICATOR and a time to cache',
    `const e: VaultEntry = { ...ref, ...provider, tfa_method: 'AUTHENTICATOR', secret_cache_ttl_seconds: 60 };`,
  ],
  [
    'fields that are undefined, as they come from optional variables',
    `declare const maybe: string | undefined;
     const e: VaultEntry = { ...ref, password: maybe, user_alias: maybe, max_concurrency: undefined };
     const o: SealOptions = { operation: undefined, padTo: undefined, allowUnknown: undefined };
     vaultRequests({ apiKey: 'sk', key, baseUrl: maybe }); void e; void o;`,
  ],
  [
    'intervals as text, parts and null',
    `const e: VaultEntry = { ...ref, expiry_time_from_last_use: '1 day', expiry_time_from_session_data_set: { days: 7 } };
     const n: VaultEntry = { ...ref, expiry_time_from_last_use: null }; void e; void n;`,
  ],
  [
    'an update with credentials that are null',
    `sealEntry({ ...ref, user_name: null, password: null, tfa_secret: null }, key, { operation: 'update' });
     requests.update({ ...ref, password: null, id: 'x' });`,
  ],
  ['what sealEntry gives, opened', 'const e: OpenedEntry = openEntry(sealEntry(ref, ring), ring);'],
  [
    'what openEntry gives, changed and sealed as an update',
    `const u = toUpdate(openEntry(answer, key));
     sealEntry({ ...u, password: 'new' }, key, { operation: 'update' });
     requests.update({ ...u, password: null });`,
  ],
  [
    'what is rotated, of the type that it was',
    `const s: SealedEntry = credseal.rotateEntry(sealEntry(ref, ring), ring);
     const a: StoredEntry = credseal.rotateEntry(answer, key); void s; void a;`,
  ],
  ['an answer as JSON.parse gives it', `openEntry(JSON.parse('{}'), key);`],
  [
    'the fields of an opened entry',
    `const o = openEntry(answer, key);
     const password: string | null | undefined = o.password;
     const unknownField: unknown = o.new_field;
     const user: string = o.permissioned_user_id; void [password, unknownField, user];`,
  ],
  [
    'a sealed value where text is wanted',
    `const t: string = sealed; openValue(sealed, key); openValue('text', ring);`,
  ],
  [
    'a sealed password of a sealed entry',
    'const p: Sealed | null | undefined = sealEntry(ref, key).password;',
  ],
  [
    'a request given to fetch',
    'const r = requests.list(); void fetch(r.url, r); void new Request(r.url, r);',
  ],
  [
    'a name in a variable of its own, for allowUnknown',
    `const names = ['a'] as const; sealEntry(ref, key, { allowUnknown: names });`,
  ],
  [
    'a switch over a code',
    `declare const code: CredsealErrorCode; switch (code) { case 'ERR_OPEN_FAILED': case 'ERR_ENTRY_INVALID': }`,
  ],
  ['a JsonWebKey in and out', 'const jwk: JsonWebKey = key.toJwk(); VaultKey.fromJwk(jwk);'],
  [
    'a manifest of what sealEntry gives, and of answers, from an array or a stream',
    `import { checkManifest, makeManifest, type ManifestReport } from 'credseal/vault';
     declare const stream: ReadableStream<StoredEntry> & AsyncIterable<StoredEntry>;
     const m: string = await makeManifest([sealEntry(ref, key)], ring, { vault: 'a', previous: undefined });
     const r: ManifestReport = await checkManifest(stream, await makeManifest(new Set([answer]), key), key);
     const rule: credseal.RuleId = r.findings[0]?.rule ?? 'manifest/changed'; void [m, rule]; export {};`,
  ],
  [
    'preflight without a key, and what it says',
    `const opened: boolean = credseal.preflight({}, { keys: 'none' }).opened; void opened;`,
  ],
];

const DOES_NOT_COMPILE: [rule: string, code: string][] = [
  ['a reference in sealEntry', `sealEntry({ ...ref, password: { from: 'env:A' } }, key);`],
  [
    'an entry with references in sealEntry',
    `declare const e: import('credseal/key-file').WithReferences<VaultEntry>; sealEntry(e, key);`,
  ],
  [
    'a reference in a field that is sent in clear',
    `const e: import('credseal/key-file').WithReferences<VaultEntry> = { ...ref, user_alias: { from: 'env:A' } };`,
  ],
  ['plain text as a sealed value', `const s: Sealed = 'plain';`],
  ['hex text as a sealed value', `const s: Sealed = '00'.repeat(40);`],
  ['plain text in a sealed entry', `const e: SealedEntry = { ...ref, password: 'plain' };`],
  ['an entry without user', `const e: VaultEntry = { domain: 'https://example.com' };`],
  ['an entry without domain', `const e: VaultEntry = { permissioned_user_id: 'u' };`],
  ['a misspelt field', `const e: VaultEntry = { ...ref, passwrod: 'x' };`],
  ['a misspelt field in the call', `sealEntry({ ...ref, passwrod: 'x' }, key);`],
  ['a misspelt field in a request', `requests.create({ ...ref, passwrod: 'x' });`],
  ['AUTHENTICATOR without secret', `const e: VaultEntry = { ...ref, tfa_method: 'AUTHENTICATOR' };`],
  [
    'AUTHENTICATOR with a secret that may be undefined',
    `declare const maybe: string | undefined;
     const e: VaultEntry = { ...ref, tfa_method: 'AUTHENTICATOR', tfa_secret: maybe };`,
  ],
  ['a method that is none', `const e: VaultEntry = { ...ref, tfa_method: 'banana' };`],
  [
    'a provider-backed entry with user name',
    `const e: VaultEntry = { ...ref, ...provider, user_name: 'n' };`,
  ],
  ['a provider-backed entry with password', `const e: VaultEntry = { ...ref, ...provider, password: 'p' };`],
  ['a provider-backed entry with secret', `const e: VaultEntry = { ...ref, ...provider, tfa_secret: 's' };`],
  ['a provider without reference', `const e: VaultEntry = { ...ref, secret_provider_id: 'p' };`],
  ['a reference without provider', `const e: VaultEntry = { ...ref, secret_ref: 'r' };`],
  ['a password that is null on create', `const e: VaultEntry = { ...ref, password: null };`],
  ['a password that is null without operation', 'sealEntry({ ...ref, password: null }, key);'],
  [
    'a password that is null with operation create',
    `sealEntry({ ...ref, password: null }, key, { operation: 'create' });`,
  ],
  ['a password that is null in requests.create', 'requests.create({ ...ref, password: null });'],
  ['a field that only the vault sets', `const e: VaultEntry = { ...ref, created_at: '2026-01-01' };`],
  ['an id on create', `const e: VaultEntry = { ...ref, id: 'x' };`],
  ['a number in text', `const e: VaultEntry = { ...ref, max_concurrency: '2' };`],
  ['a flag in text', `const e: VaultEntry = { ...ref, persist_cookies: 'true' };`],
  ['a proxy without enable', `const e: VaultEntry = { ...ref, proxy: { target_ip: '203.0.113.7' } };`],
  ['a proxy setting that is none', `const e: VaultEntry = { ...ref, proxy_setting: 'banana' };`],
  [
    'parts of an interval that are none',
    `const e: VaultEntry = { ...ref, expiry_time_from_last_use: { day: 1 } };`,
  ],
  ['an operation that is none', `sealEntry(ref, key, { operation: 'delete' });`],
  ['an option that is none', 'sealEntry(ref, key, { iv: new Uint8Array(12) });'],
  ['an IV of the caller', `sealValue('x', key, { iv: new Uint8Array(12) });`],
  ["keys: 'none' of assertPreflight", `credseal.assertPreflight({}, { keys: 'none' });`],
  ["keys: 'none' of guardFetch", `credseal.guardFetch(fetch, { keys: 'none' });`],
  ['a key in hex', `sealEntry(ref, '00'.repeat(32));`],
  ['a key made by new', 'new VaultKey(new Uint8Array(32));'],
  ['a TOTP secret made by new', `new TotpSecret('x');`],
  ['a change of the current key', 'ring.current = key;'],
  ['a reference without domain', `requests.get({ permissioned_user_id: 'u' });`],
  ['a configuration without key', `vaultRequests({ apiKey: 'sk' });`],
  ['a configuration without API key', 'vaultRequests({ key });'],
  [
    'issues of an error of another code, as if they were there',
    `declare const e: credseal.CredsealError; if (e.code === 'ERR_OPEN_FAILED') e.issues.length;`,
  ],
  ['a code that is none', `declare const c: CredsealErrorCode; if (c === 'ERR_BANANA') void c;`],
  ['the field table', 'credseal.fields;'],
  ['what takes an IV', 'credseal.sealValueWithIv;'],
  ['a file of the package', `import { nextIv } from 'credseal/dist/value/iv.js'; void nextIv;`],
];

const fileOf = (at: number, kind: string) => `${kind}-${at}.ts`;
let project: Project;
let diagnostics: Diagnostics;
beforeAll(() => {
  project = installPackage();
  const files = (cases: [string, string][], kind: string) =>
    cases.map(([, code], at) => [fileOf(at, kind), `${HEAD}\n${code}\n`]);
  // In one run, since starting the compiler is what takes time.
  diagnostics = project.compile(
    Object.fromEntries([...files(COMPILES, 'good'), ...files(DOES_NOT_COMPILE, 'bad')]),
  );
});
afterAll(() => project?.remove());

describe('compiles', () => {
  test.each(COMPILES.map(([rule], at) => ({ rule, file: fileOf(at, 'good') })))('$rule', ({ file }) => {
    expect(diagnostics[file]).toEqual([]);
  });
});

describe('does not compile', () => {
  test.each(DOES_NOT_COMPILE.map(([rule], at) => ({ rule, file: fileOf(at, 'bad') })))(
    '$rule',
    ({ file }) => {
      expect(diagnostics[file]).toHaveLength(1);
    },
  );
});
