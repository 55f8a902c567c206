// npm run docs: writes schema/*.json, the JSON Schema of an entry, of a sealed one, and of one with references, from the
// rows of the field table. With --check it changes nothing and fails if one of them is out of date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fields } from '../dist/entry/fields.js';

const source = readFileSync(new URL('../src/entry/fields.ts', import.meta.url), 'utf8');
const words = (name) =>
  Array.from(
    new RegExp(`const ${name} = \\[(.*?)\\]`).exec(source)[1].matchAll(/'(\w+)'/g),
    ([, word]) => word,
  );

const text = { type: 'string' };
const flag = { type: 'boolean' };
const orNull = (schema) => ({ anyOf: [schema, { type: 'null' }] });
const ipAddress = { type: 'string', pattern: '^[\\dA-Fa-f:.]{2,45}$' };
const object = (required, optional) => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
const count = { type: 'integer', minimum: 0 };

/** What a row of the table calls its schema, in JSON Schema. Where that cannot say it all, it takes more, never less. */
const vocabulary = {
  text,
  flag,
  orNull,
  ipAddress,
  tfaMethods: words('tfaMethods'),
  proxySettings: words('proxySettings'),
  filledText: () => ({ type: 'string', minLength: 1 }),
  oneOf: (choices) => ({ enum: choices }),
  wholeNumber: (minimum) => ({ type: 'integer', minimum, maximum: Number.MAX_SAFE_INTEGER }),
  uuid: { type: 'string', pattern: '^[\\dA-Fa-f]{8}(-[\\dA-Fa-f]{4}){3}-[\\dA-Fa-f]{12}$' },
  domain: { type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\s@*%\\\\]+([/?#][^\\s\\\\]*)?$' },
  jsonObject: { type: 'object' },
  interval: {
    anyOf: [
      { type: 'string', minLength: 1, maxLength: 10_000 },
      {
        type: 'object',
        minProperties: 1,
        additionalProperties: false,
        properties: {
          ...Object.fromEntries(
            ['years', 'months', 'weeks', 'days', 'hours', 'minutes'].map((part) => [part, count]),
          ),
          seconds: { type: 'number', minimum: 0 },
        },
      },
    ],
  },
  cookies: {
    type: 'array',
    items: object(
      { name: text, value: text, domain: text },
      {
        ...{ path: text, httpOnly: flag, hostOnly: flag, secure: flag, session: flag },
        ...{ storeId: orNull(text), sameSite: orNull(text), expirationDate: { type: 'number' } },
      },
    ),
  },
  headers: { type: 'array', items: object({ name: text, value: text }, {}) },
  proxy: { ...object({ enable: flag }, { target_ip: ipAddress }), additionalProperties: false },
};

/** Name, comment and schema of each row that may be written. */
const rows = Array.from(
  source.matchAll(/^ {2}\/\*\* (.*) \*\/\n {2}(\w+): \{([\s\S]*?)\},?\n(?= {2}(?:\/\*\*|\w)|\} as const)/gm),
  ([, comment, name, row]) => {
    const expression = /schema: ((?:[^,()]|\([^()]*(?:\([^()]*\)[^()]*)*\))+)/.exec(row)?.[1];
    const names = Object.keys(vocabulary);
    const schema = new Function(...names, `return ${expression.trim()}`)(
      ...names.map((one) => vocabulary[one]),
    );
    return { name, description: comment.replaceAll('`', ''), schema, field: fields[name] };
  },
).filter(({ field }) => field.readOnly === undefined);
const written = Object.keys(fields).filter((name) => fields[name].readOnly === undefined);
if (rows.map(({ name }) => name).join() !== written.join())
  throw new Error('A row of the field table is not read.');

/** A sealed value: IV and tag are 28 bytes, and the shortest JSON text of a string is 2. */
const sealed = { type: 'string', pattern: '^(?:[\\dA-Fa-f]{2}){30,}$' };
const reference = {
  type: 'object',
  required: ['from'],
  additionalProperties: false,
  properties: { from: { type: 'string', pattern: '^(?:env|file|op|bw|exec):' } },
};

/** The rules between fields. Null counts as not there. */
const there = (...names) => ({
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { not: { type: 'null' } }])),
});
const backed = { anyOf: [there('secret_provider_id'), there('secret_ref')] };
const either = (...schemas) => ({ anyOf: schemas });
const unless = (condition) => ({ not: condition });
const rules = [
  either(
    unless({ required: ['tfa_method'], properties: { tfa_method: { const: 'AUTHENTICATOR' } } }),
    backed,
    there('tfa_secret'),
  ),
  either(unless(there('max_concurrency')), {
    required: ['allow_multiple_sessions'],
    properties: { allow_multiple_sessions: { const: true } },
  }),
  either(unless(there('proxy_value')), there('proxy_setting')),
  either(unless(backed), {
    ...there('secret_provider_id', 'secret_ref'),
    not: either(there('user_name'), there('password'), there('tfa_secret')),
  }),
  either(unless(there('secret_cache_ttl_seconds')), backed),
];

function schemaOf({ title, of }) {
  const properties = Object.fromEntries(
    rows.map((row) => [row.name, { description: row.description, ...of(row) }]),
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    type: 'object',
    required: rows.filter(({ field }) => field.required).map(({ name }) => name),
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...properties },
    allOf: rules,
  };
}

const plain = ({ schema, field }) => (field.sealed === 'always' ? { type: 'string', minLength: 1 } : schema);
const schemas = {
  entry: { title: 'An entry of the vault, in plain text', of: plain },
  'sealed-entry': {
    title: 'An entry of the vault, sealed',
    of: (row) => (row.field.sealed === 'always' ? sealed : row.schema),
  },
  'entry-with-references': {
    title: 'An entry of the vault, with references in place of secrets',
    of: (row) => (row.field.sealed ? { anyOf: [plain(row), reference] } : row.schema),
  },
};

const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas)) {
  const text = `${JSON.stringify(schemaOf(schema), null, 2)}\n`;
  const file = new URL(`${name}.json`, folder);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`schema/${name}.json is out of date: npm run docs`);
    process.exitCode = 1;
  }
}
