import { readdirSync, readFileSync } from 'node:fs';

/** The licence of an installed package. */
export function licenceOf(name) {
  const folder = `node_modules/${name}`;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return readFileSync(`${folder}/${file}`, 'utf8');
}

/** A comment with the licences of what a file holds. */
export function licences(names) {
  return `/*! Bundled above, as far as it is used: ${names.map((name) => `${name}\n\n${licenceOf(name)}`).join('\n')}*/`;
}
