import { readdirSync, readFileSync } from 'node:fs';

/** The licence of an installed package. */
export function licenceOf(name) {
  const folder = `node_modules/${name}`;
  const files = readdirSync(folder).filter((each) => /^licen[cs]e/i.test(each));
  // Where there are two to choose from, the shorter one.
  const file = files.find((each) => /-mit/i.test(each)) ?? files[0];
  return readFileSync(`${folder}/${file}`, 'utf8');
}

/** A comment with the licences of what a file holds. */
export function licences(names) {
  return `/*! Bundled above, as far as it is used: ${names.map((name) => `${name}\n\n${licenceOf(name)}`).join('\n')}*/`;
}
