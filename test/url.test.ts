import { expect, test } from 'vitest';
import { domainProblem } from '../src/entry/domain.js';
import { proxyValueProblem } from '../src/entry/proxy-value.js';
import { parsedUrl } from '../src/url.js';

// Node 20's URL.canParse does not, once it is hot, for texts that the engine keeps in one byte a character.
test('a URL with an umlaut is a URL, however often one asks', () => {
  const [domain, proxy] = JSON.parse('["https://bücher.example", "http://bücher.example:8080"]');
  let refused = 0;
  for (let round = 0; round < 20_000; round++) {
    if (parsedUrl(domain) === undefined) refused += 1;
    if (domainProblem(domain) !== undefined) refused += 1;
    if (proxyValueProblem('custom', proxy)) refused += 1;
  }
  expect(refused).toBe(0);
});

test.each(['', 'x', 'https://', '//example.com', 'https://a b/'])('%j is no absolute URL', (text) => {
  expect(parsedUrl(text)).toBeUndefined();
});

test('with a base, a relative one is', () => {
  expect(parsedUrl('/vault', 'https://example.com/x')?.href).toBe('https://example.com/vault');
});
