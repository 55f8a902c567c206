// npm run docs: writes the generated parts of docs between their markers. With --check it changes nothing and fails if
// one of them is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fields } from '../dist/entry/fields.js';
import { rules as entryRules } from '../dist/preflight/rules.js';
import { manifestRules } from '../dist/vault/manifest/rules.js';
import { withPart } from './page-part.js';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The comment above each row of the field table: type, then what to know. */
function fieldComments() {
  const rows = read('../src/entry/fields.ts').matchAll(/^ {2}\/\*\* (.*) \*\/\n {2}(\w+): \{/gm);
  return new Map(Array.from(rows, ([, comment, name]) => [name, comment]));
}

function fieldTable() {
  const comments = fieldComments();
  const lines = ['| field | type | sealed | notes |', '|---|---|---|---|'];
  for (const [name, field] of Object.entries(fields)) {
    if (field.readOnly === 'always') continue;
    // The first ": " outside back quotes ends the type.
    const [, type, notes = ''] = /^((?:`[^`]*`|[^:`])+)(?:: (.*))?$/.exec(comments.get(name));
    const sealed = { always: 'yes', 'custom-proxy': 'for `custom`' }[field.sealed] ?? '';
    lines.push(`| \`${name}\`${field.required ? ' (required)' : ''} | ${type} | ${sealed} | ${notes} |`);
  }
  const readOnly = Object.keys(fields).filter((name) => fields[name].readOnly === 'always');
  const names = readOnly.map((name) => `\`${name}\``).join(', ');
  return `${lines.join('\n')}\n\nSet by the vault, and refused on every write: ${names}.`;
}

/** The table of codes that stands in the comment of their type. */
function errorTable() {
  const rows = read('../src/errors.ts').matchAll(/^ \* (\|.*\|)$/gm);
  return Array.from(rows, ([, row]) => row).join('\n');
}

/** The rules with their weights, and the comment of each, family by family. */
function ruleTable() {
  const rules = { ...entryRules, ...manifestRules };
  const families = ['payload', 'credential', 'totp', 'setting', 'batch'];
  const files = [...families.map((family) => `preflight/rules/${family}`), 'vault/manifest/rules'];
  const lines = files.flatMap((file) => {
    const comments = read(`../src/${file}.ts`).matchAll(/^ {2}\/\*\* (.*) \*\/\n {2}'([^']+)':/gm);
    return Array.from(comments, ([, comment, id]) => `| \`${id}\` | ${rules[id].severity} | ${comment} |`);
  });
  if (lines.length !== Object.keys(rules).length) throw new Error('A rule has no comment.');
  return ['| rule | | found |', '|---|---|---|', ...lines].join('\n');
}

/** Each part, and the page that has it. */
const parts = {
  fields: ['entries.md', fieldTable()],
  rules: ['preflight.md', ruleTable()],
  errors: ['library.md', errorTable()],
};
for (const [name, [page, text]] of Object.entries(parts)) {
  const before = read(`../docs/${page}`);
  const after = withPart(before, name, text);
  if (!process.argv.includes('--check')) writeFileSync(new URL(`../docs/${page}`, import.meta.url), after);
  else if (after !== before) {
    console.error(`docs/${page} is out of date: npm run docs`);
    process.exitCode = 1;
  }
}
