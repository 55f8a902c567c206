import { readFileSync } from 'node:fs';
import { invalid, is, valid } from '../document.js';

// Made by running the clients. Read as text, since JSON modules are free to mend half surrogate pairs.
const values = JSON.parse(
  readFileSync(new URL('../sources/published-clients.json', import.meta.url), 'utf8'),
);

const FLAGS = {
  'cloudcruise (npm) 1.0.1 encryptData': 'JavaScriptClient',
  'cloudcruise-python 9a5b06d encrypt_data': 'PythonClient',
  'PyCryptodome 3.11 per the vault documentation': 'DocumentationSnippet',
};

const commentOf = ({ plaintext }) => {
  const json = JSON.stringify(plaintext);
  return json.length > 42 ? `${json.slice(0, 40)}\u2026` : json;
};

/** The damage that the reader of the same client does not notice. */
const damages = {
  JavaScriptClient: ({ sealed }) => [
    'UncheckedTag',
    'all but 32 bits of the tag replaced by z',
    sealed.slice(0, -24) + 'z'.repeat(24),
  ],
  PythonClient: ({ sealed }) => [
    'IgnoredSpace',
    'a space behind the IV',
    `${sealed.slice(0, 24)} ${sealed.slice(24)}`,
  ],
  DocumentationSnippet: ({ sealed }) => ['IgnoredSpace', 'a line break behind it', `${sealed}\n`],
};

const groups = Object.entries(FLAGS).map(([producer, flag]) => {
  const made = values.filter((value) => value.producer === producer);
  return {
    type: 'Open',
    producer,
    tests: [
      ...made.map((value) =>
        valid(commentOf(value), flag, { key: value.key, sealed: value.sealed, value: value.plaintext }),
      ),
      ...made.map((value) => {
        const [damage, what, sealed] = damages[flag](value);
        return invalid(`${commentOf(value)}: ${what}`, [flag, damage], 'ERR_SEALED_FORMAT', {
          key: value.key,
          sealed,
        });
      }),
    ],
  };
});

export default () => ({
  algorithm: 'AES-256-GCM over JSON',
  header: [
    'Values sealed by the published clients, made by running them. Any reader of the format opens all of them.',
    'And the same values with damage that the readers of the same clients do not notice. A reader refuses them.',
  ],
  notes: {
    JavaScriptClient: {
      bugType: 'FUNCTIONALITY',
      description: 'Sealed by cloudcruise (npm) 1.0.1: the JSON text in UTF-8.',
    },
    PythonClient: {
      bugType: 'FUNCTIONALITY',
      description:
        'Sealed by cloudcruise-python at 9a5b06d: json.dumps, which escapes everything beyond ASCII.',
    },
    DocumentationSnippet: {
      bugType: 'FUNCTIONALITY',
      description: "Sealed by the documentation's Python snippet on PyCryptodome 3.11.",
    },
    UncheckedTag: {
      bugType: 'AUTH_BYPASS',
      description:
        'The JavaScript client and the command line stop at the first character that is no hex digit, and check as many bits of tag as there are.',
      effect: 'One forgery in 2^32 is accepted, instead of one in 2^128.',
    },
    IgnoredSpace: {
      bugType: 'MALLEABILITY',
      description: "Python's bytes.fromhex ignores white space: one value has many spellings.",
    },
  },
  types: {
    Open: {
      methods: ['open'],
      members: { producer: { enum: Object.keys(FLAGS) } },
      given: { key: is.key, sealed: is.sealed },
      expected: { value: is.text },
    },
  },
  groups,
});
