import { fieldEntries } from '../../src/entry/fields.js';
import { KEY, payload, REF, sealed } from './payloads.js';
import { create, type RuleTable, update } from './rule-case.js';

const NOT_AN_OBJECT = 'payload/not-an-object';
const UUID = '8a2f6f0e-4f0c-4d3b-9a5e-0c5f7c1d2e3f';
const parsed = (json: string) => ({ ...payload(), ...JSON.parse(json) });
const own = (name: string, value: unknown = 'QZXJW') =>
  Object.defineProperty(payload(), name, { value, enumerable: true });
const readOnly = fieldEntries.flatMap(([name, field]) => (field.readOnly === 'always' ? [name] : []));

class Account {
  permissioned_user_id = 'user-41';
  domain = 'https://shop.example';
  password = sealed('hunter2!');
  describe() {
    return this.domain;
  }
}

/** As an ORM's documents are: what JSON makes of them is not what they hold. */
class Document {
  readonly internals = new Map();
  toJSON() {
    return payload();
  }
}

const sent = payload();
const twice = (changes: object) => [payload(), { ...payload(), ...changes }];

export const payloadCases: RuleTable<`payload/${string}` | `batch/${string}`> = {
  [NOT_AN_OBJECT]: {
    severity: 'error',
    broken: [
      ...[null, undefined, 'QZXJW', '', 5, true, 7n, Symbol('QZXJW'), () => payload(), KEY.toHex()].map(
        (given) => create(`a ${given === null ? 'null' : typeof given}`, given, `: ${NOT_AN_OBJECT}`),
      ),
      ...[new Map(Object.entries(payload())), new Set(), new Date(), Promise.resolve(payload())].map(
        (given) => create(`a ${given.constructor.name}`, given, `: ${NOT_AN_OBJECT}`),
      ),
      create('bytes', new TextEncoder().encode('{}'), `: ${NOT_AN_OBJECT}`),
      create('the JSON text of a payload', JSON.stringify(payload()), `: ${NOT_AN_OBJECT}`),
      create('null among payloads', [payload(), null], `[1]: ${NOT_AN_OBJECT}`),
      create('an array in an array', [[payload()]], `[0]: ${NOT_AN_OBJECT}`),
      create('a Map among payloads', [new Map(), payload()], `[0]: ${NOT_AN_OBJECT}`),
      // biome-ignore lint/suspicious/noSparseArray: a hole is what this is about.
      create('a hole in an array', [payload(), , 5], `[1]: ${NOT_AN_OBJECT}`, `[2]: ${NOT_AN_OBJECT}`),
      update('a number for an update', 5, `: ${NOT_AN_OBJECT}`),
    ],
    sound: [
      create('no payload at all', []),
      create('an object without a prototype', Object.assign(Object.create(null), payload())),
      create('an instance of a class', new Account()),
      create('an object that JSON writes in its own way', new Document()),
      create('a frozen object', Object.freeze(payload())),
      create(
        'an empty object',
        {},
        'domain: payload/missing-field',
        'permissioned_user_id: payload/missing-field',
      ),
    ],
  },
  'payload/unknown-field': {
    severity: 'error',
    broken: [
      create('a misspelt field', payload({ passwrod: 'QZXJW' }), 'passwrod: payload/unknown-field'),
      create('a field in camel case', payload({ userName: 'QZXJW' }), 'userName: payload/unknown-field'),
      create('a field in upper case', payload({ PASSWORD: 'QZXJW' }), 'PASSWORD: payload/unknown-field'),
      create('a field with a null', payload({ passwrod: null }), 'passwrod: payload/unknown-field'),
      create('a name with a space', payload({ 'pass word': 'QZXJW' }), '"pass word": payload/unknown-field'),
      create('the empty name', payload({ '': 'QZXJW' }), '"": payload/unknown-field'),
      create('__proto__', parsed('{"__proto__": {"password": "QZXJW"}}'), '__proto__: payload/unknown-field'),
      ...['constructor', 'toString', 'hasOwnProperty', 'toJSON'].map((name) =>
        create(name, own(name), `${name}: payload/unknown-field`),
      ),
      create(
        'the second of two payloads',
        twice({ domain: 'https://b.example', pin: '4711' }),
        '[1].pin: payload/unknown-field',
      ),
      update('a misspelt field of an update', payload({ passwrod: null }), 'passwrod: payload/unknown-field'),
    ],
    sound: [
      create('a field that is undefined, and so not sent', payload({ passwrod: undefined })),
      create('a symbol, which JSON does not send', payload({ [Symbol('passwrod')]: 'QZXJW' })),
      create(
        'a property that is not enumerable',
        Object.defineProperty(payload(), 'passwrod', { value: 'QZXJW' }),
      ),
      create('inherited, and so not sent', Object.assign(Object.create({ passwrod: 'QZXJW' }), payload())),
      create('unknown members of storage', payload({ local_storage: { passwrod: 'QZXJW' } })),
      create(
        'unknown members of a cookie',
        payload({ cookies: [{ name: 'a', value: 'QZXJW', domain: 'b', pin: 1 }] }),
      ),
      create(
        'a field that only the vault sets',
        payload({ user_id: 'QZXJW' }),
        'user_id: payload/read-only-field',
      ),
    ],
  },
  'payload/missing-field': {
    severity: 'error',
    broken: [
      create('no user', { domain: REF.domain }, 'permissioned_user_id: payload/missing-field'),
      create('no domain', { permissioned_user_id: 'user-41' }, 'domain: payload/missing-field'),
      create('a domain that is undefined', payload({ domain: undefined }), 'domain: payload/missing-field'),
      update('an update without a domain', { ...sent, domain: undefined }, 'domain: payload/missing-field'),
      create(
        'names that are inherited, and so not sent',
        Object.create(REF),
        'domain: payload/missing-field',
        'permissioned_user_id: payload/missing-field',
      ),
      create(
        'names in the prototype of JSON',
        JSON.parse('{"__proto__": {"domain": "https://shop.example"}, "permissioned_user_id": "a"}'),
        '__proto__: payload/unknown-field',
        'domain: payload/missing-field',
      ),
      create('one of a batch', [sent, { permissioned_user_id: 'b' }], '[1].domain: payload/missing-field'),
    ],
    sound: [
      create('nothing but the names', REF),
      create('a domain that is null', payload({ domain: null }), 'domain: setting/type'),
      create('an empty user', payload({ permissioned_user_id: '' }), 'permissioned_user_id: setting/type'),
      create('an empty domain', payload({ domain: '' }), 'domain: setting/domain'),
    ],
  },
  'payload/read-only-field': {
    severity: 'error',
    broken: [
      ...readOnly.map((name) =>
        create(name, payload({ [name]: 'QZXJW' }), `${name}: payload/read-only-field`),
      ),
      ...readOnly.map((name) =>
        update(`${name} on update`, payload({ [name]: null }), `${name}: payload/read-only-field`),
      ),
      create('id on create', payload({ id: UUID }), 'id: payload/read-only-field'),
      create(
        'an answer of the API, sent back',
        { ...sent, id: UUID, created_at: '2026-01-01T00:00:00Z', tfa_email: null },
        'created_at: payload/read-only-field',
        'id: payload/read-only-field',
        'tfa_email: payload/read-only-field',
      ),
    ],
    sound: [
      update('id on update', payload({ id: UUID })),
      create('id that is undefined', payload({ id: undefined, created_at: undefined })),
      update('an id on update that is none', payload({ id: '41' }), 'id: setting/type'),
    ],
  },
  'payload/nothing-to-update': {
    severity: 'error',
    broken: [
      update('nothing but the names', REF, ': payload/nothing-to-update'),
      update('the names with the id', { ...REF, id: UUID }, ': payload/nothing-to-update'),
      update('fields that are undefined', { ...REF, password: undefined }, ': payload/nothing-to-update'),
      update(
        'one of a batch',
        [sent, { ...REF, domain: 'https://b.example' }],
        '[1]: payload/nothing-to-update',
      ),
    ],
    sound: [
      update('a credential that is taken away', { ...REF, password: null }),
      update('a setting', { ...REF, user_alias: '' }),
      update('no expiry', { ...REF, expiry_time_from_last_use: null }),
      create('nothing but the names, on create', REF),
      update('a misspelt field', { ...REF, passwrod: null }, 'passwrod: payload/unknown-field'),
    ],
  },
  'batch/duplicate-entry': {
    severity: 'error',
    broken: [
      create('the same names twice', twice({}), '[1].permissioned_user_id: batch/duplicate-entry'),
      update(
        'the same names twice, on update',
        twice({ user_alias: 'b' }),
        '[1].permissioned_user_id: batch/duplicate-entry',
      ),
      create(
        'the same names three times',
        [REF, REF, REF],
        '[1].permissioned_user_id: batch/duplicate-entry',
        '[2].permissioned_user_id: batch/duplicate-entry',
      ),
      create(
        'far apart',
        [REF, { ...REF, domain: 'https://b.example' }, REF],
        '[2].permissioned_user_id: batch/duplicate-entry',
      ),
    ],
    sound: [
      create('the same user elsewhere', twice({ domain: 'https://b.example' })),
      create('another user of the same domain', twice({ permissioned_user_id: 'user-42' })),
      create(
        'the domain in another form, which the vault holds for another',
        twice({ domain: 'https://shop.example/' }),
        '[1].domain: setting/domain-form',
      ),
      create('users that differ in case', twice({ permissioned_user_id: 'USER-41' })),
      create(
        'the same text, divided otherwise',
        [
          { permissioned_user_id: 'b c', domain: 'https://a' },
          { permissioned_user_id: 'c', domain: 'https://a b' },
        ],
        '[1].domain: setting/domain',
      ),
      create(
        'users without a name',
        [{ domain: REF.domain }, { domain: REF.domain }],
        '[0].permissioned_user_id: payload/missing-field',
        '[1].permissioned_user_id: payload/missing-field',
      ),
      create('one payload alone', REF),
    ],
  },
};
