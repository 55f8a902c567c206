// npm run docs: writes src/handoff/field-names.ts, what the browser's half of the hand-off knows of the field table.
// With --check it changes nothing and fails if the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fields } from '../dist/entry/fields.js';

const FILE = new URL('../src/handoff/field-names.ts', import.meta.url);
/** The names of the fields that are meant, as an array in lines as the formatter breaks them. */
function array(isMeant) {
  const names = Object.entries(fields).flatMap(([name, field]) => (isMeant(field) ? [`'${name}'`] : []));
  const line = `[${names.join(', ')}]`;
  return line.length < 70
    ? line
    : `[
${names
  .map(
    (name) => `  ${name},
`,
  )
  .join('')}]`;
}

const text = `// Generated from the field table by npm run docs: names alone, since the table with its checks weighs more than a front
// end that seals may weigh.

/** The fields that may be written when an entry is created. */
export const writableFields: readonly string[] = ${array(({ readOnly }) => !readOnly)};
/** The fields that every entry has. */
export const requiredFields: readonly string[] = ${array(({ required }) => required)};
/** The fields that are credentials. */
export const credentialFields: readonly string[] = ${array(({ sealed }) => sealed === 'always')};
`;

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error('src/handoff/field-names.ts is out of date: npm run docs');
  process.exitCode = 1;
}
