// What all files of vectors have in common: the frame after Project Wycheproof, the schema, and how both are written.

/** A test that must be accepted. @param flags one name, or several */
export const valid = (comment, flags, members) => ({
  comment,
  flags: [flags].flat(),
  ...members,
  result: 'valid',
});

/** A test that must be refused, and the error code to do it with. */
export const invalid = (comment, flags, code, members) => ({
  comment,
  flags: [flags].flat(),
  ...members,
  result: 'invalid',
  code,
});

/**
 * The document and its schema.
 *
 * @param name the file's name without `.json`
 * @param types the kinds of groups: `{ methods, given, expected, details?, members? }`, all but the first with a schema for each
 *   member; a name that ends in "?" is optional. In an invalid test, what is given may be anything.
 * @param groups `{ type, tests }`, the tests from `valid` and `invalid`; and what the type has for `members`
 */
export function makeDocument({ name, algorithm, header, notes, types, groups }) {
  let tcId = 0;
  const testGroups = groups.map(({ type, tests, ...members }) => ({
    type,
    methods: types[type].methods,
    ...members,
    tests: tests.map((test) => ({ tcId: ++tcId, ...test })),
  }));
  return {
    document: {
      algorithm,
      schema: `schema/${name}.json`,
      numberOfTests: tcId,
      header,
      notes,
      testGroups,
    },
    schema: schemaOf({ name, algorithm, notes, types }),
  };
}

function schemaOf({ name, algorithm, notes, types }) {
  const text = { type: 'string', minLength: 1 };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Vectors: ${name}.json`,
    ...object({
      algorithm: { const: algorithm },
      schema: { const: `schema/${name}.json` },
      numberOfTests: { type: 'integer', minimum: 1 },
      header: { type: 'array', items: text },
      notes: {
        type: 'object',
        propertyNames: { enum: Object.keys(notes) },
        additionalProperties: object({ bugType: text, description: text, 'effect?': text }),
      },
      testGroups: { type: 'array', minItems: 1, items: { oneOf: Object.entries(types).map(groupSchema) } },
    }),
    $defs: {
      flags: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: Object.keys(notes) } },
      hex: { type: 'string', pattern: '^([0-9a-f]{2})*$' },
      key: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      iv: { type: 'string', pattern: '^[0-9a-f]{24}$' },
      sealed: { type: 'string', pattern: '^([0-9a-fA-F]{2}){30,}$' },
    },
  };
}

function groupSchema([type, { methods, members = {}, given, expected, details = {} }]) {
  const frame = { tcId: { type: 'integer', minimum: 1 }, comment: { type: 'string', minLength: 1 } };
  const flags = { $ref: '#/$defs/flags' };
  const anything = Object.fromEntries(Object.keys(given).map((member) => [member, true]));
  return object({
    type: { const: type },
    methods: { const: methods },
    ...members,
    tests: {
      type: 'array',
      minItems: 1,
      items: {
        oneOf: [
          object({ ...frame, flags, ...given, ...expected, result: { const: 'valid' } }),
          object({
            ...frame,
            flags,
            ...anything,
            ...details,
            result: { const: 'invalid' },
            code: { type: 'string', pattern: '^ERR_[A-Z_]+$' },
          }),
        ],
      },
    },
  });
}

/** The schema of an object with these members and no others. */
export function object(members) {
  const entries = Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ''), schema]);
  return {
    type: 'object',
    required: Object.keys(members).filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(entries),
    additionalProperties: false,
  };
}

/** Schemas that are needed often. */
export const is = {
  key: { $ref: '#/$defs/key' },
  iv: { $ref: '#/$defs/iv' },
  sealed: { $ref: '#/$defs/sealed' },
  text: { type: 'string' },
  object: { type: 'object' },
  integer: { type: 'integer' },
  number: { type: 'number' },
};

/**
 * The text of a document: a test a line, so that a changed test is a changed line; and ASCII, so that no editor, and no
 * normalisation of Unicode, can change a value.
 */
export function writeDocument({ testGroups, ...frame }) {
  const head = JSON.stringify(frame, null, 2).slice(0, -2);
  const groups = testGroups.map(({ tests, ...group }) => {
    const start = JSON.stringify(group, null, 2).slice(0, -2).replaceAll('\n', '\n    ');
    const lines = tests.map((test) => `        ${JSON.stringify(test)}`).join(',\n');
    return `    ${start},\n      "tests": [\n${lines}\n      ]\n    }`;
  });
  return ascii(`${head},\n  "testGroups": [\n${groups.join(',\n')}\n  ]\n}\n`);
}

export const writeSchema = (schema) => ascii(`${JSON.stringify(schema, null, 2)}\n`);

const ascii = (json) =>
  json.replaceAll(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
