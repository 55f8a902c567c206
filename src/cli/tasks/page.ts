import { createHash } from 'node:crypto';

const quoted = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What the page may do: run this one script. Nothing is loaded, sent, framed in, or made of text by a script. */
const policyOf = (script: string) =>
  [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

/**
 * The page of `credseal page`, a file by itself.
 *
 * @param script what was built of src/form/page.ts.
 * @param attributes of the form; those that are undefined are left out.
 */
export function pageOf(
  script: string,
  title: string,
  attributes: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}="${quoted(value)}"`],
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${quoted(policyOf(script))}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${quoted(title)}</title>
<main>
<h1>${quoted(title)}</h1>
<p>What you enter is sealed in this page, and sent nowhere. Send back the token that you get.</p>
<noscript><p>This page needs JavaScript: it seals here, and not on a server.</p></noscript>
<credseal-form${given.join('')}></credseal-form>
<section id="result" aria-labelledby="result-title" hidden>
<h2 id="result-title">Your token</h2>
<p>It holds what you entered, for the owner of the key alone. It is safe to send by mail.</p>
<textarea id="token" readonly aria-labelledby="result-title"></textarea>
<button id="copy" type="button">Copy</button><button id="save" type="button">Save</button>
<p id="told" role="status"></p>
</section>
</main>
<script type="module">${script}</script>
</html>
`;
}
