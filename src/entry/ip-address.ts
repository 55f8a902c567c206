import { parsedUrl } from '../url.js';

/**
 * Tells whether a text is an IPv4 address in four decimal parts or an IPv6 address (RFC 4291 section 2.2, without a
 * zone). The platform's URL parser knows both; an IPv4 address in one of the forms that only old software reads
 * (octal, three parts, one number) comes out of it rewritten.
 */
export function isIpAddress(text: string): boolean {
  if (/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text)) return parsedUrl(`http://[${text}]`) !== undefined;
  return /^(\d+\.){3}\d+$/.test(text) && parsedUrl(`http://${text}`)?.hostname === text;
}
