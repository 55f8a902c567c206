// The conformance suite: what credseal does, seen from outside. It imports the package and nothing else, uses what
// every runtime has, and runs as it is in Node, Bun, Deno, workerd and browsers.
import {
  assertPreflight,
  guardFetch,
  isSealed,
  KeyRing,
  openEntry,
  openValue,
  parseSealed,
  preflight,
  sealEntry,
  sealValue,
  selfTest,
  TotpSecret,
  toCurl,
  toUpdate,
  VaultKey,
  vaultRequests,
} from 'credseal';
import {
  openEntries,
  preflightEntries,
  readNdjson,
  rotateEntries,
  sealEntries,
  writeNdjson,
} from 'credseal/bulk';
import { each, equal, refused, refusedLater } from './expectations.js';
import {
  BASE32,
  CODES,
  HUNTER2,
  KNOWN,
  MIGRATION,
  PUBLISHED,
  PUBLISHED_KEY,
  REFUSED,
  TEXTS,
  TOTP_SECRETS,
} from './known-answers.js';
import { API_KEY, KEY_BASE64URL, KEY_BYTES, KEY_HEX, PASSWORD, secretsIn } from './secrets.js';
import { vaultChecks } from './vault-checks.js';

const key = VaultKey.fromHex(KEY_HEX);
const other = VaultKey.fromBytes(new Uint8Array(32).fill(7));
const ring = new KeyRing(other, [key]);
const totp = TotpSecret.parse(BASE32);
const requests = vaultRequests({ apiKey: API_KEY, key });
const ref = { permissioned_user_id: 'user-1', domain: 'https://portal.example.com' };
const entry = {
  ...ref,
  user_name: 'ada@example.com',
  password: PASSWORD,
  tfa_method: 'AUTHENTICATOR',
  tfa_secret: BASE32,
  expiry_time_from_last_use: '01:30:00',
  proxy_setting: 'custom',
  proxy_value: 'http://name:word@proxy.example.com:8080',
};

/** Everything that is checked: by name, and a function that throws if it does not hold. */
const checks = {
  'key: the known fingerprint, from hex in either case, bytes, JWK': () => {
    const jwk = { kty: 'oct', alg: 'A256GCM', k: KEY_BASE64URL };
    const same = [VaultKey.fromHex(KEY_HEX.toUpperCase()), VaultKey.fromBytes(Uint8Array.from(KEY_BYTES))];
    for (const again of [key, ...same, VaultKey.fromJwk(jwk)]) equal(again.fingerprint, '0506ba9cf11f46ea');
    equal([key.toHex(), key.toJwk().k], [KEY_HEX, KEY_BASE64URL]);
  },
  'key: from the environment, where there is one': () => {
    const name = 'CREDSEAL_CONFORMANCE_KEY';
    equal(VaultKey.fromEnv({ [name]: KEY_HEX }, name).toHex(), KEY_HEX);
    refused('ERR_KEY_MISSING', () => VaultKey.fromEnv({}, name));
    if (globalThis.process?.env?.[name] === undefined)
      refused('ERR_KEY_MISSING', () => VaultKey.fromEnv(undefined, name));
    else equal(VaultKey.fromEnv(undefined, name).toHex(), KEY_HEX);
  },
  'key: malformed ones are refused': () => {
    for (const hex of [
      '',
      KEY_HEX.slice(1),
      `${KEY_HEX}0`,
      `${KEY_HEX}\n`,
      `g${KEY_HEX.slice(1)}`,
      undefined,
      42,
    ])
      refused('ERR_KEY_FORMAT', () => VaultKey.fromHex(hex));
    for (const bytes of [new Uint8Array(31), new Uint8Array(33), KEY_BYTES, null])
      refused('ERR_KEY_FORMAT', () => VaultKey.fromBytes(bytes));
    refused('ERR_KEY_FORMAT', () => VaultKey.fromJwk({ kty: 'oct', k: KEY_BASE64URL.slice(1) }));
  },
  'key: a generated one is new, and a destroyed one is of no use': () => {
    const fresh = VaultKey.generate();
    equal([fresh.toHex().length, fresh.toHex() === VaultKey.generate().toHex()], [64, false]);
    fresh.destroy();
    refused('ERR_KEY_DESTROYED', () => sealValue('a', fresh));
    refused('ERR_KEY_DESTROYED', () => fresh.toHex());
    equal(String(fresh), 'VaultKey(destroyed)');
  },

  ...each('seal and open', TEXTS, (text) => {
    const sealed = sealValue(text, key);
    const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
    equal([/^[0-9a-f]+$/.test(sealed), sealed.length / 2, isSealed(sealed)], [true, 28 + bytes, true]);
    equal(openValue(sealed, key), text);
  }),
  ...each('open', KNOWN, (sealed, text) => equal(openValue(sealed, key), text)),
  ...each('open refuses', REFUSED, (sealed, code) => refused(code, () => openValue(sealed, key))),
  'open: what the published client sealed': () => {
    for (const [sealed, text] of PUBLISHED) equal(openValue(sealed, VaultKey.fromHex(PUBLISHED_KEY)), text);
  },
  'open refuses a change of any bit': () => {
    for (let bit = 0; bit < HUNTER2.length * 4; bit += 1) {
      const digit = Number.parseInt(HUNTER2[bit >> 2], 16) ^ (1 << (bit & 3));
      const changed = HUNTER2.slice(0, bit >> 2) + digit.toString(16) + HUNTER2.slice((bit >> 2) + 1);
      refused('ERR_OPEN_FAILED', () => openValue(changed, key));
    }
  },
  'open refuses another key, and a ring opens with any of its keys': () => {
    refused('ERR_OPEN_FAILED', () => openValue(HUNTER2, other));
    equal(openValue(HUNTER2, ring), 'hunter2');
  },
  'seal: every IV is new': () => {
    const ivs = Array.from({ length: 2000 }, () => sealValue('a', key).slice(0, 24));
    equal(new Set(ivs).size, 2000);
  },
  'seal: padded to a multiple': () => {
    const lengths = ['a', 'ab', 'abcdefghijklmno'].map(
      (text) => sealValue(text, key, { padTo: 32 }).length / 2,
    );
    equal(lengths, [60, 60, 60]);
    equal(openValue(sealValue('abc', key, { padTo: 32 }), key), 'abc');
    refused('ERR_PLAINTEXT_FORMAT', () => sealValue('a', key, { padTo: -1 }));
  },
  'seal refuses what is sealed already, and what is no text': () => {
    refused('ERR_ALREADY_SEALED', () => sealValue(HUNTER2, key));
    equal(openValue(sealValue(HUNTER2, other), other), HUNTER2);
    for (const value of [undefined, null, 42, {}])
      refused('ERR_PLAINTEXT_FORMAT', () => sealValue(value, key));
  },
  'parseSealed takes a value apart': () => {
    const { iv, ciphertext, tag } = parseSealed(HUNTER2);
    equal([Array.from(iv), ciphertext.length, tag.length], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 9, 16]);
    equal([isSealed('hunter2'), isSealed(undefined)], [false, false]);
  },

  'TOTP: the codes of RFC 6238': () => {
    for (const [seconds, ...codes] of CODES) {
      const made = Object.entries(TOTP_SECRETS).map(([algorithm, secret]) =>
        TotpSecret.parse(`otpauth://totp/a?secret=${secret}&algorithm=${algorithm}&digits=8`).code(
          seconds * 1000,
        ),
      );
      equal(made, codes);
    }
  },
  'TOTP: a secret as people paste it, and its codes verified': () => {
    const pasted = TotpSecret.parse('gezd gnbv-gy3t\u00a0qojq gezd\u200bgnbv gy3t qojq====');
    equal([pasted.base32, pasted.bits, pasted.digits, pasted.period], [BASE32, 160, 6, 30]);
    equal([pasted.code(59_000), pasted.secondsLeft(59_000)], ['287082', 1]);
    const at = (seconds) => pasted.verify('287 082', { at: seconds * 1000 });
    equal([at(59), at(89), at(120), pasted.verify('no code', { at: 59_000 })], [true, true, false, false]);
  },
  "TOTP: Google Authenticator's export": () => {
    const { secrets, batch } = TotpSecret.parseMigration(MIGRATION);
    equal([secrets.map(({ base32 }) => base32), batch.size], [[BASE32], 1]);
  },
  'TOTP: what is no secret is refused': () => {
    for (const input of ['', '287082', 'GEZDGNBVGY3TQOJ0', 'A', undefined])
      refused('ERR_TOTP_FORMAT', () => TotpSecret.parse(input));
    for (const uri of [`otpauth://hotp/a?secret=${BASE32}&counter=1`, `steam://${BASE32}`])
      refused('ERR_TOTP_UNSUPPORTED', () => TotpSecret.parse(uri));
  },

  'entry: sealed, opened, changed, sealed again': () => {
    const payload = JSON.parse(JSON.stringify(sealEntry(entry, key)));
    const { user_name, password, tfa_secret, proxy_value, ...settings } = payload;
    equal([user_name, password, tfa_secret, proxy_value].map(isSealed), [true, true, true, true]);
    equal(settings.domain, ref.domain);
    const opened = openEntry({ ...payload, created_at: 'now', tfa_email: null }, ring);
    equal(toUpdate(opened), entry);
    const update = sealEntry({ ...toUpdate(opened), password: null }, ring, { operation: 'update' });
    equal([update.password, openEntry(update, other).tfa_secret], [null, BASE32]);
  },
  'entry: all that is wrong is said at once': () => {
    const wrong = {
      ...ref,
      domain: 'example.com',
      passwrod: 'passwrod-value',
      max_concurrency: 0,
      ip_address: '1',
    };
    const { issues } = refused('ERR_ENTRY_INVALID', () => sealEntry(wrong, key));
    const paths = issues.map(({ path }) => path);
    for (const path of ['domain', 'passwrod', 'max_concurrency', 'ip_address'])
      equal(paths.includes(path), true);
  },
  'entry: intervals as PostgreSQL reads them': () => {
    const seal = (interval) => sealEntry({ ...ref, expiry_time_from_last_use: interval }, key);
    for (const interval of ['7 days 01:00:00', 'P1DT2H', { days: 7, hours: 1 }, null]) seal(interval);
    for (const interval of ['soon', '-1 day', '00:00:00', 7])
      refused('ERR_ENTRY_INVALID', () => seal(interval));
  },
  'entry: a credential that does not open is named': () => {
    const payload = { ...sealEntry(entry, key), password: sealValue('a', other) };
    equal(refused('ERR_OPEN_FAILED', () => openEntry(payload, key)).field, 'password');
  },

  'request: ready for fetch': async () => {
    const request = requests.create(entry);
    const { method, url, headers } = new Request(request.url, request);
    equal([method, url, headers.get('cc-key')], ['POST', 'https://api.cloudcruise.com/vault', API_KEY]);
    equal(await new Request(request.url, request).text(), request.body);
    equal(new Request(request.url, request).redirect, 'manual');
    equal(toUpdate(openEntry(JSON.parse(request.body), key)), entry);
    const query = new URL(requests.get({ ...ref, permissioned_user_id: 'a b&c=\u00e9' }).url).searchParams;
    equal([query.get('permissioned_user_id'), query.get('domain')], ['a b&c=\u00e9', ref.domain]);
    const methods = [requests.update(entry), requests.delete(ref), requests.clearBrowserState(ref)];
    equal(
      methods.map((made) => new Request(made.url, made).method),
      ['PUT', 'DELETE', 'PATCH'],
    );
  },
  'request: no address in clear, no API key that no header carries': () => {
    const config = (changes) => () => vaultRequests({ apiKey: API_KEY, key, ...changes });
    for (const changes of [{ baseUrl: 'http://example.com' }, { apiKey: 'a\nb' }, { apiKey: undefined }])
      refused('ERR_REQUEST_INVALID', config(changes));
    equal(config({ baseUrl: 'http://127.0.0.1:8080' })().list().url, 'http://127.0.0.1:8080/vault');
  },

  'preflight: finds what is wrong, and lets the rest pass': () => {
    const payload = sealEntry(entry, key);
    equal(preflight(payload, { keys: key }), { ok: true, checked: 1, opened: true, findings: [] });
    const { ok, findings } = preflight([{ ...payload, password: PASSWORD, passwrod: 'passwrod-value' }], {
      keys: key,
    });
    equal(
      [ok, findings.map(({ rule }) => rule).sort()],
      [false, ['credential/plaintext', 'payload/unknown-field']],
    );
    equal(preflight(payload, { keys: other }).findings[0].rule, 'credential/wrong-key-or-changed');
    refused('ERR_PREFLIGHT', () => assertPreflight({ ...payload, user_name: 'ada' }, { keys: key }));
  },
  'preflight: the guard sends what passes, and nothing else': async () => {
    const sent = [];
    const guarded = guardFetch(
      async (...args) => {
        sent.push(args);
        return new Response('{}');
      },
      { keys: key },
    );
    const request = requests.create(entry);
    await guarded(request.url, request);
    await guarded(new Request(request.url, request));
    await guarded('https://example.com/vault', { method: 'POST', body: '{}' });
    equal(sent.length, 3);
    const plain = { ...request, body: JSON.stringify(entry) };
    await refusedLater('ERR_PREFLIGHT', () => guarded(plain.url, plain));
    await refusedLater('ERR_PREFLIGHT', () => guarded(new Request(plain.url, plain)));
    equal(sent.length, 3);
  },

  'printing: no text and no JSON shows a secret': () => {
    for (const holder of [key, ring, totp, requests, { key, list: [totp] }]) {
      equal(
        secretsIn(`${String(holder)} ${holder} ${JSON.stringify(holder)} ${JSON.stringify([holder])}`),
        [],
      );
      equal(
        secretsIn(
          Reflect.ownKeys(holder)
            .map((name) => String(holder[name]))
            .join(),
        ),
        [],
      );
    }
    equal(
      [String(key), JSON.stringify({ key })],
      ['VaultKey(0506ba9cf11f46ea)', '{"key":"VaultKey(0506ba9cf11f46ea)"}'],
    );
    equal(secretsIn(toCurl(requests.create(entry))), []);
  },
  'bulk: NDJSON through Web Streams, in order, what fails beside the rest': async () => {
    const failed = [];
    const onFailure = ({ line, error }) => failed.push([line, error.code]);
    const another = { ...ref, permissioned_user_id: 'user-2' };
    const misspelt = { ...entry, passwrod: 'passwrod-value' };
    const lines = [entry, misspelt, another].map((value) => JSON.stringify(value));
    const sealed = new Blob([`\uFEFF${lines.join('\r\n')}\n{"password"`])
      .stream()
      .pipeThrough(readNdjson())
      .pipeThrough(sealEntries(key))
      .pipeThrough(rotateEntries(ring))
      .pipeThrough(preflightEntries(ring))
      .pipeThrough(writeNdjson({ onFailure }));
    const opened = sealed
      .pipeThrough(readNdjson())
      .pipeThrough(openEntries(other))
      .pipeThrough(writeNdjson());
    equal((await new Response(opened).text()).split('\n'), [lines[0], lines[2], '']);
    equal(failed, [
      [2, 'ERR_ENTRY_INVALID'],
      [4, 'ERR_ENTRY_INVALID'],
    ]);
    const unheard = new Blob(['{}\n'])
      .stream()
      .pipeThrough(readNdjson())
      .pipeThrough(sealEntries(key))
      .pipeThrough(writeNdjson());
    // Read by itself: a Response of Chromium tells any error of its stream as its own.
    await refusedLater('ERR_ENTRY_INVALID', () => unheard.pipeTo(new WritableStream()));
  },
  "printing: the runtime's own inspection shows no secret": () => {
    const { Deno, Bun, process } = globalThis;
    const node = process?.getBuiltinModule?.('node:util')?.inspect;
    // Where there is none, whoever runs this suite looks at what the console shows of the same.
    for (const inspect of [Deno?.inspect, Bun?.inspect, node].filter((found) => found !== undefined)) {
      const shown = inspect({ key, totp, nested: [key, totp] }, { depth: 10 });
      equal([secretsIn(shown), shown.includes('VaultKey(0506ba9cf11f46ea)')], [[], true]);
      equal(secretsIn(inspect([ring, requests], { depth: 10, showHidden: true })), []);
    }
    console.log('printing:', key, totp, ring, requests, { nested: [key, { totp }] });
  },
  'printing: no error shows a secret': () => {
    const errors = [
      refused('ERR_KEY_FORMAT', () => VaultKey.fromHex(`${KEY_HEX}\n`)),
      refused('ERR_OPEN_FAILED', () => openValue(sealValue(PASSWORD, key), other)),
      refused('ERR_ENTRY_INVALID', () => sealEntry({ ...entry, passwrod: 'passwrod-value' }, key)),
      refused('ERR_PREFLIGHT', () => assertPreflight(entry, { keys: key })),
      refused('ERR_TOTP_FORMAT', () => TotpSecret.parse(`${BASE32}0`)),
      refused('ERR_REQUEST_INVALID', () => vaultRequests({ apiKey: `${API_KEY}\n`, key })),
    ];
    for (const error of errors) {
      equal(
        secretsIn(`${error} ${error.message} ${error.stack} ${error.cause} ${JSON.stringify(error)}`),
        [],
      );
      console.log(error);
    }
  },
};

/**
 * Runs the suite.
 *
 * @param more further checks, of the same form.
 * @returns which implementation of AES-256-GCM the runtime has picked, what it is called, and every check: name, whether it holds, and if
 *   not, why.
 */
export async function conformance(more = {}) {
  const { backend, runtime, checks: known } = selfTest();
  const list = known.map(({ name, ok }) => ({
    name: `self-test: ${name}`,
    ok,
    detail: ok ? '' : 'does not hold',
  }));
  for (const [name, check] of Object.entries({ ...checks, ...vaultChecks, ...more })) {
    try {
      await check();
      list.push({ name, ok: true, detail: '' });
    } catch (error) {
      list.push({
        name,
        ok: false,
        detail: error instanceof Error ? `${error.name}: ${error.message}` : `${error}`,
      });
    }
  }
  return { backend, runtime: runtime.name, checks: list };
}
