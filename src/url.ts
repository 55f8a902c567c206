/**
 * Parses an absolute URL, or gives nothing. In place of `URL.canParse`, which in Node 20 refuses URLs with letters such
 * as "ü" once the function that calls it has been optimised: after a few thousand entries, that is.
 */
export function parsedUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
