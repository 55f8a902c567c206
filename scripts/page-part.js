/** The text of a page of docs with one of its generated parts written anew. */
export function withPart(page, name, text) {
  const place = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!place.test(page)) throw new Error(`The page has no place for "${name}".`);
  return page.replace(place, (_, start, end) => `${start}\n${text}\n\n${end}`);
}
