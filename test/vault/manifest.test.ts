import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyRing, openEntry, rotateEntry, type StoredEntry, sealEntry, VaultKey } from '../../src/index.js';
import { checkManifest, makeManifest } from '../../src/vault/index.js';
import { KEY, OTHER_KEY } from '../entry/sealing.js';
import { everythingShown, rejection } from '../refusal.js';

const sealed = (user: string, more: object = {}) =>
  sealEntry(
    {
      permissioned_user_id: user,
      domain: 'https://shop.example',
      user_name: user,
      password: `QZXJWVKY ${user}`,
      ...more,
    },
    KEY,
  ) as StoredEntry;
const entries = ['ada', 'bob', 'cyd'].map((user) => sealed(user));
const manifest = await makeManifest(entries, KEY);
const found = async (
  given: Parameters<typeof checkManifest>[0],
  text = manifest,
  keys: VaultKey | KeyRing = KEY,
) => (await checkManifest(given, text, keys)).findings.map(({ path, rule }) => `${path}: ${rule}`);
const lastOf = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');

async function* oneByOne<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield value;
}

describe('entries come', () => {
  it.each<[string, () => Parameters<typeof makeManifest>[0]]>([
    ['from an array', () => entries],
    ['from a set', () => new Set(entries)],
    ['from a generator', () => oneByOne(entries)],
    ['from a stream', () => Readable.from(entries)],
    ['in another order', () => entries.toReversed()],
  ])('%s', async (_, given) => {
    const made = await makeManifest(given(), KEY);
    expect(made.split('\n').slice(0, 3)).toEqual(manifest.split('\n').slice(0, 3));
    expect(await checkManifest(given(), manifest, KEY)).toEqual({ ok: true, findings: [] });
  });

  it.each([undefined, null, 5, 'text', entries[0], () => entries])(
    'not from anything else: %#',
    async (given) => {
      await rejection('ERR_ENTRY_INVALID', () => makeManifest(given as never, KEY));
    },
  );

  it('and what their source throws goes on', async () => {
    const failing = (async function* () {
      yield* entries;
      throw new RangeError('gone');
    })();
    await expect(makeManifest(failing, KEY)).rejects.toThrow(new RangeError('gone'));
  });

  it('and are not changed, nor asked twice', async () => {
    let reads = 0;
    const once = {
      ...entries[0],
      get password() {
        reads += 1;
        return entries[0]?.password;
      },
    };
    const text = await makeManifest([once as StoredEntry], KEY);
    expect([reads, await found([entries[0] as StoredEntry], text)]).toEqual([1, []]);
  });
});

describe('a manifest', () => {
  it('shows neither key nor credential, sealed or not', () => {
    for (const { password, user_name } of entries)
      for (const secret of [password, user_name, KEY.toHex(), 'QZXJWVKY'])
        expect(manifest).not.toContain(String(secret).slice(0, 20));
  });

  it('says when it was made, of which vault, and after which', async () => {
    const before = Date.now();
    const next = await makeManifest(entries, KEY, { vault: 'staging', previous: manifest });
    const { at, vault, previous } = lastOf(next);
    expect({ vault, previous }).toEqual({ vault: 'staging', previous: lastOf(manifest).mac });
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    expect(lastOf(await makeManifest([], KEY, { previous: lastOf(manifest).mac })).previous).toBe(previous);
  });

  it.each<[string, unknown]>([
    ['changed', manifest.replace('ada', 'adb')],
    ['cut off', manifest.slice(0, 300)],
    ['a MAC in upper case', lastOf(manifest).mac.toUpperCase()],
    ['no text', 5],
  ])('goes after no manifest that is %s', async (_, previous) => {
    await rejection('ERR_MANIFEST', () => makeManifest(entries, KEY, { previous: previous as string }));
  });

  it('goes after none of another key', async () => {
    const other = await makeManifest([], OTHER_KEY);
    await rejection('ERR_MANIFEST', () => makeManifest([], KEY, { previous: other }));
    const { previous } = lastOf(await makeManifest([], new KeyRing(KEY, [OTHER_KEY]), { previous: other }));
    expect(previous).toBe(lastOf(other).mac);
  });

  it.each<[string, unknown]>([
    ['a misspelt one', { previuos: manifest }],
    ['text', 'staging'],
    ['null', null],
    ['a vault that is no text', { vault: 5 }],
  ])('has no options but its own: %s', async (_, options) => {
    await rejection('ERR_MANIFEST', () => makeManifest([], KEY, options as never));
  });

  it('is not made of what is not sealed: the place is told, and nothing of the value', async () => {
    const plain = { ...entries[1], password: 'QZXJWVKY' } as StoredEntry;
    const error = await rejection('ERR_SEALED_FORMAT', () =>
      makeManifest([entries[0] as StoredEntry, plain], KEY),
    );
    expect(error.message).toBe('[1]: password is not a sealed value.');
    expect(error.field).toBe('password');
    expect(everythingShown(error)).not.toContain('QZXJWVKY');
  });
});

describe('whoever writes to the vault without its key', () => {
  const [ada, bob, cyd] = entries as [StoredEntry, StoredEntry, StoredEntry];

  it('cannot put an older value back', async () => {
    expect(await found([{ ...ada, password: sealed('ada').password }, bob, cyd])).toEqual([
      '[0]: manifest/changed',
    ]);
  });

  it('cannot lend a name that looks alike', async () => {
    for (const permissioned_user_id of ['Ada', 'ada ', '\u0430da', 'ada\u200b', 'ada\0'])
      expect(await found([{ ...ada, permissioned_user_id }, bob, cyd])).toEqual([
        '[0]: manifest/added',
        ': manifest/removed',
      ]);
  });

  it('cannot move the border between names, or between fields', async () => {
    const one = { permissioned_user_id: 'a', domain: 'https://b.example' } as StoredEntry;
    const text = await makeManifest([one], KEY);
    expect(await found([{ permissioned_user_id: 'ah', domain: 'ttps://b.example' }], text)).toHaveLength(2);
    const setting = await makeManifest([{ ...one, secret_provider_id: 'ab', secret_ref: 'c' }], KEY);
    expect(await found([{ ...one, secret_provider_id: 'a', secret_ref: 'bc' }], setting)).toEqual([
      '[0]: manifest/changed',
    ]);
    expect(await found([{ ...one, secret_ref: 'ab', secret_provider_id: 'c' }], setting)).toEqual([
      '[0]: manifest/changed',
    ]);
  });

  it('cannot hide one entry behind another: lone surrogates are told apart', async () => {
    const named = (permissioned_user_id: string) => ({ ...ada, permissioned_user_id });
    const text = await makeManifest(['\ud800', '\ud801', '\ufffd'].map(named), KEY);
    expect(await found(['\ud800', '\ud801', '\ufffd'].map(named), text)).toEqual([]);
    expect(await found(['\ud800', '\ud802', '\ufffd'].map(named), text)).toHaveLength(2);
  });

  it('cannot give a member of the prototype for a field', async () => {
    const inherited = Object.create({ tfa_method: 'SMS' });
    expect(await found([Object.assign(inherited, ada), bob, cyd])).toEqual([]);
    const odd = JSON.parse(JSON.stringify(ada).replace('{', '{"__proto__":{"password":"x"},'));
    expect(await found([odd, bob, cyd])).toEqual([]);
  });

  it('is told of by name, in characters that a terminal shows', async () => {
    const evil = { ...ada, permissioned_user_id: '\u001b[2Jada\n' } as StoredEntry;
    const { findings } = await checkManifest([evil, ada, bob, cyd], manifest, KEY);
    expect(findings[0]?.message).toMatch(
      /^The entry of "[^\p{C}]*ada.*" at "https:\/\/shop\.example" is not in/u,
    );
  });
});

it('any changed, missing or doubled part of a manifest is found, whatever it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 3 }), async (first, second, how) => {
      const [at, to] = [first % (manifest.length - 1), second % (manifest.length - 1)];
      const [from, end] = [Math.min(at, to), Math.max(at, to) + 1];
      const digit = manifest[at] === '0' ? '1' : '0';
      const changed = [
        manifest.slice(0, at) + digit + manifest.slice(at + 1),
        manifest.slice(0, from) + manifest.slice(end),
        manifest.slice(0, end) + manifest.slice(from),
        manifest.slice(0, at) + manifest.slice(to, to + 5) + manifest.slice(at),
      ][how] as string;
      const report = await checkManifest(entries, changed, KEY).catch(({ code }) => ({ ok: false, code }));
      expect(report.ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});

it('any changed digit of a credential is found', async () => {
  const [ada, ...others] = entries as [StoredEntry, ...StoredEntry[]];
  const password = String(ada.password);
  for (let at = 0; at < password.length; at++) {
    const digit = password[at] === '0' ? '1' : '0';
    const changed = { ...ada, password: password.slice(0, at) + digit + password.slice(at + 1) };
    expect(await found([changed, ...others])).toEqual(['[0]: manifest/changed']);
  }
});

describe('around a rotation', () => {
  const ring = new KeyRing(OTHER_KEY, [KEY]);

  it('the manifest from before holds for the entries from before, with a warning', async () => {
    expect(await checkManifest(entries, manifest, ring)).toMatchObject({
      ok: true,
      findings: [{ rule: 'manifest/previous-key', severity: 'warning' }],
    });
  });

  it('rotated entries are others, and have a manifest of their own', async () => {
    const rotated = entries.map((entry) => rotateEntry(entry, ring));
    expect(await found(rotated, manifest, ring)).toHaveLength(4);
    const next = await makeManifest(rotated, ring, { previous: manifest });
    expect(await found(rotated, next, OTHER_KEY)).toEqual([]);
    expect(openEntry(rotated[0] as StoredEntry, OTHER_KEY).user_name).toBe('ada');
  });

  it('under a key that is not at hand, it says nothing of any entry', async () => {
    expect(await found([], manifest, VaultKey.generate())).toEqual([': manifest/wrong-key-or-changed']);
  });
});

it.each([null, undefined, 5, {}, '', '{}', '[]', 'null', '{"version":1}'])(
  '%j is no manifest',
  async (given) => {
    await rejection('ERR_MANIFEST', () => checkManifest([], given as string, KEY));
  },
);

it('a destroyed key, or none, is refused', async () => {
  const destroyed = VaultKey.generate();
  destroyed.destroy();
  for (const call of [
    (key: VaultKey) => makeManifest([], key),
    (key: VaultKey) => checkManifest([], manifest, key),
  ]) {
    await rejection('ERR_KEY_DESTROYED', () => call(destroyed));
    for (const none of ['none', undefined, KEY.toHex()])
      await rejection('ERR_KEY_FORMAT', () => call(none as never));
  }
});
