import type { StoredEntry } from '../entry/open-entry.js';
import { CredsealError } from '../errors.js';
import { isObject } from '../inspection.js';
import { parsedUrl } from '../url.js';
import { type Ends, type Exchange, openExchange } from './exchange.js';
import { ArrayBroken, type ArrayProblem, elementsOf } from './json-array.js';
import { noVault, refusedBy } from './refusal.js';
import { unreachable } from './unreachable.js';

/** An entry larger than this is none of the vault's. */
const LARGEST_ENTRY = 16 * 1024 * 1024;

const WORDS: Readonly<Record<Exclude<ArrayProblem, 'not-an-array'>, string>> = {
  'cut-off': 'The list of entries was cut off: what came is not all of it. Ask again.',
  'too-large': 'The list has an entry of more than 16 MiB, which no vault returns.',
  'not-json': 'The list of entries is no JSON: check the base URL.',
};

/**
 * The entries of the vault as they come in. One array is all that is documented; where an answer says by a `Link` header
 * (RFC 8288) that there is a next page, that is read as well, and anything else than an array is refused: a part of the
 * list must not be taken for the whole.
 *
 * @throws CredsealError `ERR_VAULT_UNREACHABLE` if the list is cut off, `ERR_VAULT_REFUSED`; the reason of the signal
 */
export async function* listEntries(how: Exchange, ends: Ends): AsyncGenerator<StoredEntry, void, undefined> {
  const seen = new Set<string>();
  let request = how.vault.request('GET', '/vault');
  for (;;) {
    seen.add(request.url);
    const opened = await openExchange({ operation: 'list', request }, how, ends);
    try {
      const { status, headers } = opened.response;
      if (status !== 200) throw refusedBy(status, 'list');
      try {
        for await (const element of elementsOf(opened.pieces(), LARGEST_ENTRY)) {
          if (!isObject(element)) throw new ArrayBroken('not-an-array');
          yield element as StoredEntry;
        }
      } catch (error) {
        ends.signal?.throwIfAborted();
        throw listBroken(error, status, request.url);
      }
      const next = nextPage(headers.get('link'), request.url);
      if (next === undefined) return;
      request = how.vault.request('GET', `/vault${next}`);
      if (seen.has(request.url)) throw noVault(status);
    } finally {
      opened.close();
    }
  }
}

function listBroken(error: unknown, status: number, url: string): unknown {
  if (error instanceof CredsealError) return error;
  if (!(error instanceof ArrayBroken))
    return new CredsealError('ERR_VAULT_UNREACHABLE', `${unreachable(url, error)}; ${WORDS['cut-off']}`);
  const { problem } = error;
  if (problem === 'not-an-array') return noVault(status);
  const code = problem === 'cut-off' ? 'ERR_VAULT_UNREACHABLE' : 'ERR_VAULT_REFUSED';
  return new CredsealError(code, WORDS[problem], code === 'ERR_VAULT_REFUSED' ? { status } : {});
}

/** The query of the next page, if the answer names one; the API key goes nowhere else than to the list itself. */
function nextPage(link: string | null, url: string): string | undefined {
  const target = /<([^>]*)>\s*(?:;[^,]*)?;\s*rel\s*=\s*"?next"?(?=\s*(?:[;,]|$))/i.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const next = parsedUrl(target, url);
  const here = new URL(url);
  if (next?.origin !== here.origin || next.pathname !== here.pathname)
    throw new CredsealError(
      'ERR_VAULT_REFUSED',
      'The list names a next page elsewhere: check the base URL.',
      { status: 200 },
    );
  return next.search;
}
