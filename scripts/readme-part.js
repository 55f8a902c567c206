/** The text of README.md with one of its generated parts written anew. */
export function withPart(readme, name, text) {
  const place = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!place.test(readme)) throw new Error(`README.md has no place for "${name}".`);
  return readme.replace(place, (_, start, end) => `${start}\n${text}\n\n${end}`);
}
