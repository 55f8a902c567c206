import { malformed } from './settings.js';

/**
 * The parameters of a query, by name in lower case, percent-decoded. Only those asked for are there.
 *
 * Names are read in either case, since QR codes are often upper case throughout. A `+` is read as a space: the
 * Key URI format asks for `%20`, and some apps show the plus, but whoever writes one has meant a space (the form
 * encoders of Go, Java, PHP and browsers do it), where a plus itself comes as `%2B`. In a label it is a plus.
 *
 * @throws CredsealError `ERR_TOTP_FORMAT` if one is there twice (readers differ in which they take) or its
 * percent-encoding is malformed.
 */
export function queryParameters<Name extends string>(
  query: string,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const parameters: Partial<Record<Name, string>> = {};
  for (const pair of query.split('&')) {
    const [givenName = '', ...value] = pair.split('=');
    const name = percentDecoded(givenName, 'a parameter name').toLowerCase() as Name;
    if (!names.includes(name)) continue;
    const what = `the parameter "${name}"`;
    if (parameters[name] !== undefined) throw malformed(`The URI has ${what} twice: leave one.`);
    parameters[name] = percentDecoded(value.join('=').replaceAll('+', ' '), what);
  }
  return parameters;
}

/**
 * Decodes percent-encoded UTF-8 (RFC 3986 section 2.1).
 *
 * @param what how the message calls the text: `the label`.
 * @throws CredsealError `ERR_TOTP_FORMAT`
 */
export function percentDecoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(`The URI has malformed percent-encoding in ${what}.`);
  }
}

/**
 * Tells issuer and account apart, in `Issuer:account` or `account` (Key URI format, "Label"). An issuer given
 * beside it wins over the prefix. What is empty is left out.
 */
export function accountNames(text: string, issuer = ''): { issuer?: string; label?: string } {
  const [, prefix = '', label = ''] = /^(?:([^:]*):)?(.*)/s.exec(text) ?? [];
  const names = { issuer: issuer.trim() || prefix.trim(), label: label.trim() };
  return { ...(names.issuer && { issuer: names.issuer }), ...(names.label && { label: names.label }) };
}
