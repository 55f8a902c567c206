// npm run vectors: writes vectors/*.json and vectors/schema/*.json, each from the module of its name in files/. With
// --check it changes nothing, and fails if one of them is out of date. A new file of vectors is a new module there.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { makeDocument, writeDocument, writeSchema } from './document.js';

const folder = new URL('../../vectors/', import.meta.url);
const isCheck = process.argv.includes('--check');

const names = readdirSync(new URL('files/', import.meta.url))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length))
  .sort();
const rows = [];
mkdirSync(new URL('schema/', folder), { recursive: true });
for (const name of names) {
  const { default: make } = await import(`./files/${name}.js`);
  const { document, schema } = makeDocument({ name, ...(await make()) });
  write(`${name}.json`, writeDocument(document));
  write(`schema/${name}.json`, writeSchema(schema));
  const tests = document.testGroups.flatMap((group) => group.tests);
  const valid = tests.filter(({ result }) => result === 'valid').length;
  rows.push([`${name}.json`, valid, tests.length - valid]);
}
for (const file of [...readdirSync(folder), ...readdirSync(new URL('schema/', folder))]) {
  if (file.endsWith('.json') && !names.includes(file.slice(0, -'.json'.length)))
    complain(`${file} has no module in scripts/vectors/files.`);
}
if (!isCheck)
  for (const [file, ...counts] of rows) console.log(`${file}: ${counts.join(' valid, ')} invalid`);

function write(path, text) {
  const url = new URL(path, folder);
  if (!isCheck) writeFileSync(url, text);
  else if (readExisting(url) !== text) complain(`vectors/${path} is out of date: npm run vectors`);
}

function readExisting(url) {
  try {
    return readFileSync(url, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function complain(message) {
  console.error(message);
  process.exitCode = 1;
}
