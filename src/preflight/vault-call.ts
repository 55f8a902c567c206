import type { Operation } from '../entry/check.js';
import { LOOPBACK } from '../request/base-url.js';
import { parsedUrl } from '../url.js';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'update'],
]);

/**
 * Tells of a URL what a request by a method does to an entry of this vault, if anything; undefined of a URL that is shown
 * to be none of the vault's. How lenient the servers are that a URL passes on its way, nobody knows here: what is at the
 * vault's host, and not shown to be something else there, is the vault's.
 *
 * @param vault the base URL with `/vault` behind it.
 */
export function recogniser(vault: URL) {
  const hasHost = hostTest(vault);
  const names = segmentsOf(vault.pathname)?.filter(Boolean);
  const isPlain = names?.every((name) => NAME.exec(name)?.[0] === name);
  return (text: string) => {
    // A relative URL means something in a browser only, and there is resolved as fetch does it.
    const url = parsedUrl(text, globalThis.document?.baseURI ?? globalThis.location?.href);
    if (!url || !/^https?:/.test(url.protocol) || !hasHost(url)) return undefined;
    if (names && isPlain && isElsewhere(url.pathname, names)) return undefined;
    // The one PATCH of the API names an entry, and changes nothing of it.
    const isHarmless = url.pathname === `${vault.pathname}/clear-browser-state`;
    return (method: unknown): Operation | undefined => {
      const name = String(method).toUpperCase();
      return name === 'PATCH' && isHarmless ? undefined : OPERATIONS.get(name);
    };
  };
}

/** More names of this machine: unspecified addresses, IPv4 mapped into IPv6, and those of RFC 6761 section 6.3. */
const ALSO_LOOPBACK = /^(0\.0\.0\.0|\[::(ffff:(7f..:\w+|0:0))?\]|(.+\.)?localhost)$/;

/**
 * Tells whether a URL is at the host of the vault, by whichever scheme and port. On this machine each port is another
 * service, and the machine has names and addresses that only its system knows: there, any host at the vault's port may be it.
 */
function hostTest(vault: URL): (url: URL) => boolean {
  const [host, port] = [hostOf(vault), portOf(vault)];
  const plain = vault.hostname.replace(/\.$/, '');
  return LOOPBACK.test(plain) || ALSO_LOOPBACK.test(plain)
    ? (url) => portOf(url) === port
    : (url) => hostOf(url) === host;
}

/** Without dots that name nothing; an IPv4 address as it is mapped into IPv6. */
function hostOf({ hostname }: URL): string {
  const host = hostname.split('.').filter(Boolean).join('.');
  return /^[\d.]+$/.test(host) ? new URL(`http://[::ffff:${host}]`).hostname : host;
}

function portOf({ protocol, port }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

/** What a segment begins with that no server reads otherwise. */
const NAME = /^[\p{L}\p{N}@_~-]*(?:\.[\p{L}\p{N}@_~-]+)*/u;
/** Escapes within escapes and control characters, which may become anything; and dots that may become a way up. */
const UNCERTAIN = /[%\p{Cc}]|[^\p{L}\p{N}.]\.\./u;
/** What some servers take for a host, as in `//host/path`, and the path behind it. */
const HOST = /^\/+[\w.-]+($|\/.*$)/;

/** Tells whether a path cannot lead to these segments: that one of its own differs from theirs, and nothing leads up from it. */
function isElsewhere(path: string, names: readonly string[]): boolean {
  const segments = segmentsOf(path);
  if (!segments || !differs(segments, names)) return false;
  if (!hasSlashesFirst(segments)) return true;
  const rest = segmentsOf(HOST.exec(path)?.[1]);
  return rest !== undefined && !hasSlashesFirst(rest) && differs(rest, names);
}

const hasSlashesFirst = ([first, ...others]: readonly string[]) => first === '' && others.length > 0;

function differs(segments: readonly string[], names: readonly string[]): boolean {
  const named = segments.filter(Boolean);
  for (const [index, name] of names.entries()) {
    const segment = named[index] ?? '';
    if (segment === name) continue;
    // What follows a name might be left out, and the name be part of a longer one.
    const [start = ''] = NAME.exec(segment) ?? [];
    return start === segment || !name.startsWith(start);
  }
  return false;
}

/**
 * The segments of a path, unescaped and in lower case; undefined where servers may differ in what they are. (Each character
 * is normalised by itself: a long row of marks takes time by its square.)
 */
function segmentsOf(path = '%'): string[] | undefined {
  try {
    const text = decodeURIComponent(path)
      .replace(/[^\0-\x7f]/gu, (character) => character.normalize('NFKC'))
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      .toLowerCase();
    return UNCERTAIN.test(text) ? undefined : text.replaceAll('\\', '/').split('/').slice(1);
  } catch {
    // Escapes that are none, or of no UTF-8.
    return undefined;
  }
}
