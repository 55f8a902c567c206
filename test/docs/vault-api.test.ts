import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rules = Array.from(
  readFileSync(`${root}docs/vault-api.md`, 'utf8').matchAll(/^\*\*(\d+)\.\*\* /gm),
  ([, number]) => Number(number),
);

/** The numbers that files cite: "rule 9", "rules 2 and 3", "rules 1 to 8", "rules 14, 15, 17 and 18". */
function citedIn(folder: string): { file: string; number: number }[] {
  const files = readdirSync(root + folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(`${root}${folder}/${file}`, 'utf8');
      const citations = text.matchAll(/docs\/vault-api\.md, rules? (\d+(?:(?:, | and | to )\d+)*)/g);
      return Array.from(citations, ([, list = '']) =>
        list.split(/, | and /).flatMap((part) => {
          const [first = Number.NaN, last = first] = part.split(' to ').map(Number);
          return Array.from({ length: last - first + 1 }, (_, index) => first + index);
        }),
      )
        .flat()
        .map((number) => ({ file: `${folder}/${file}`, number }));
    });
}

describe('docs/vault-api.md', () => {
  it('numbers its rules from 1 on, without a gap', () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(rules).toEqual(rules.map((_, index) => index + 1));
  });

  it('has every rule that code or tests cite', () => {
    const cited = [...citedIn('src'), ...citedIn('test')];
    expect(cited.length).toBeGreaterThan(20);
    expect(cited.filter(({ number }) => !rules.includes(number))).toEqual([]);
  });

  it('has a test that names it, for every rule', () => {
    const named = new Set(citedIn('test').map(({ number }) => number));
    expect(rules.filter((number) => !named.has(number))).toEqual([]);
  });
});
