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
    const equals = pair.indexOf('=');
    const [givenName, value] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const lowerCaseName = percentDecoded(givenName, 'a parameter name').toLowerCase();
    const name = names.find((known) => known === lowerCaseName);
    if (name === undefined) continue;
    if (parameters[name] !== undefined) {
      throw malformed(`The URI has the parameter "${name}" twice: leave one.`);
    }
    parameters[name] = percentDecoded(value.replaceAll('+', ' '), `the parameter "${name}"`);
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
export function accountNames(
  label: string,
  issuer = '',
): { issuer?: string | undefined; label?: string | undefined } {
  const colon = label.indexOf(':');
  const prefix = colon === -1 ? '' : label.slice(0, colon);
  return {
    issuer: issuer.trim() || prefix.trim() || undefined,
    label: label.slice(colon + 1).trim() || undefined,
  };
}
