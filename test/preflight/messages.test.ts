import { describe, expect, it } from 'vitest';
import { preflight } from '../../src/preflight/preflight.js';
import { changedAt, FOREIGN_KEY, KEY, OLD_KEY, payload, REF, RING, sealed, TOTP } from './payloads.js';

/** What is said of one rule, at each path. */
function messagesOf(rule: string, given: unknown, keys = RING): Record<string, string> {
  const { findings } = preflight(given, { keys });
  return Object.fromEntries(
    findings.flatMap((each) => (each.rule === rule ? [[each.path, each.message]] : [])),
  );
}

describe('what does not open', () => {
  const RULE = 'credential/wrong-key-or-changed';
  const foreign = {
    user_name: sealed('ada', FOREIGN_KEY),
    password: sealed('hunter2', FOREIGN_KEY),
    tfa_secret: sealed(TOTP, FOREIGN_KEY),
  };

  it('is rather a matter of the key where no value of the entry opens', () => {
    const messages = messagesOf(RULE, { ...REF, ...foreign });
    expect(Object.keys(messages)).toEqual(['user_name', 'password', 'tfa_secret']);
    for (const message of Object.values(messages)) {
      expect(message).toMatch(/rather the key/);
      expect(message).not.toMatch(/rather the value/);
    }
  });

  it.each([
    ['the current key', sealed('ada')],
    ['a previous one', sealed('ada', OLD_KEY)],
  ])('is rather a matter of the value where another opens under %s', (_, user_name) => {
    const messages = messagesOf(RULE, { ...REF, user_name, password: changedAt(sealed('hunter2'), -1) });
    expect(Object.keys(messages)).toEqual(['password']);
    expect(messages.password).toMatch(/rather the value/);
    expect(messages.password).not.toMatch(/rather the key/);
  });

  it('can be either where there is only one value', () => {
    const { password } = messagesOf(RULE, { ...REF, password: foreign.password });
    expect(password).toMatch(/another key, or a changed value/);
    expect(password).not.toMatch(/rather/);
  });

  it('is judged by the entry, and not by its neighbours', () => {
    const messages = messagesOf(RULE, [
      { ...REF, ...foreign },
      payload({ permissioned_user_id: 'b', password: sealed('x', FOREIGN_KEY) }),
    ]);
    expect(messages['[0].password']).toMatch(/rather the key/);
    expect(messages['[1].password']).toMatch(/rather the value/);
  });

  it('is told with the fingerprints of all the keys that were tried', () => {
    const { password } = messagesOf(RULE, payload({ password: foreign.password }));
    expect(password).toContain(KEY.fingerprint);
    expect(password).toContain(OLD_KEY.fingerprint);
    expect(password).not.toContain(FOREIGN_KEY.fingerprint);
  });
});

describe('what is elsewhere as well', () => {
  const value = sealed('hunter2');

  it.each([
    ['in the same payload', { ...REF, user_name: value, password: value }, 'password', /copy of user_name\./],
    [
      'in another',
      [
        payload(),
        { ...REF, domain: 'https://b.example', password: value },
        { ...REF, domain: 'https://c.example', tfa_secret: value },
      ],
      '[2].tfa_secret',
      /copy of \[1\] password\./,
    ],
  ])('a copy names the first: %s', (_, given, path, expected) => {
    expect(messagesOf('credential/copied', given)[path]).toMatch(expected);
  });

  it('a reused IV names the first that had it', () => {
    const iv = new Uint8Array(12);
    const given = ['a', 'b', 'c'].map((text) => ({
      ...REF,
      domain: `https://${text}.example`,
      password: sealed(text, KEY, iv),
    }));
    const messages = messagesOf('credential/iv-reused', given);
    expect(Object.keys(messages)).toEqual(['[1].password', '[2].password']);
    expect(messages['[2].password']).toContain('[0] password');
  });

  it('a duplicate entry names the first', () => {
    const messages = messagesOf('batch/duplicate-entry', [
      payload({ domain: 'https://b.example' }),
      payload(),
      payload(),
    ]);
    expect(messages).toEqual({ '[2].permissioned_user_id': expect.stringContaining('[1]') });
  });
});

describe('messages', () => {
  it('a previous key is told by both fingerprints', () => {
    const { password } = messagesOf('credential/previous-key', payload({ password: sealed('x', OLD_KEY) }));
    expect(password).toContain(OLD_KEY.fingerprint);
    expect(password).toContain(KEY.fingerprint);
  });

  it('a damaged value is told by its length', () => {
    const damaged = sealed('hunter2').slice(0, -1);
    expect(messagesOf('credential/malformed', payload({ password: damaged })).password).toContain(
      `${damaged.length} characters`,
    );
  });

  it('a short TOTP secret is told by its bits', () => {
    expect(
      messagesOf('totp/short', payload({ tfa_secret: sealed('JBSWY3DPEHPK3PXP') })).tfa_secret,
    ).toContain('80 bits');
  });

  it.each([
    ['passwrod', 'password'],
    ['username', 'user_name'],
    ['totp', 'tfa_secret'],
  ])('%s: did you mean %s', (name, meant) => {
    expect(messagesOf('payload/unknown-field', payload({ [name]: 'x' }))[name]).toContain(
      `Did you mean ${meant}?`,
    );
  });

  it('the form of a domain is told trait by trait, in one finding', () => {
    const { domain } = messagesOf('setting/domain-form', payload({ domain: 'https://Shop.example/a?b' }));
    expect(domain).toMatch(/a path and a query or fragment and upper case/);
  });

  it('an interval in parts is told to become text', () => {
    expect(messagesOf('setting/type', payload({ expiry_time_from_last_use: { days: 7 } }))).toEqual({
      expiry_time_from_last_use: expect.stringMatching(/must be text/),
    });
  });
});
