import { domainProblem } from '../../entry/domain.js';
import { plainCredential } from '../../entry/plain-credential.js';
import type { VaultEntry } from '../../entry/seal-entry.js';
import { CredsealError, type Issue, type RuleId } from '../../errors.js';
import { parsedUrl } from '../../url.js';
import type { ExportRecord, Login, SkipReason } from './login.js';
import { cellValue } from './own-columns.js';
import type { UserIdTemplate } from './user-id.js';

/** What becomes of one record. */
export type Outcome =
  | Skipped
  | { readonly error: CredsealError; readonly identity?: string; readonly changed?: number | undefined }
  | MadeEntry;

interface Skipped {
  readonly skip: SkipReason;
  /** Whether it names what may be a web site, in an address that is none. */
  readonly hasBadAddress?: boolean;
}

export interface MadeEntry {
  readonly entry: VaultEntry;
  /** Which entry it is: two records of one identity are the same account, and the vault has room for one. */
  readonly identity: string;
  readonly changed?: number | undefined;
  /** Whether a TOTP secret that the vault cannot use was left out. */
  readonly isWithoutTotp: boolean;
  /** How many sites the record names beside that of the entry. */
  readonly furtherSites: number;
}

export interface EntrySettings {
  readonly userId: UserIdTemplate;
  readonly skipBadTotp: boolean;
}

/** Makes an entry of a record, with its place for `{row}`. */
export function entryOf(record: ExportRecord, row: number, { userId, skipBadTotp }: EntrySettings): Outcome {
  if ('skip' in record) return record;
  if ('problem' in record) return refused('', 'payload/not-an-object', record.problem);
  const sites = sitesOf(record.urls);
  if ('skip' in sites) {
    // In a file of one's own somebody said that this is a domain, so that it is none by mistake.
    const isMistake = sites.hasBadAddress && record.fields !== undefined;
    return isMistake ? refused('domain', 'setting/domain', NO_DOMAIN) : sites;
  }
  const { username, password, totp, title, changed, fields = {} } = record;
  if (username === '' && password === '' && totp === '') return { skip: 'no credentials' };
  const { domain, host, further } = sites;
  const unusable = domainProblem(domain);
  if (unusable !== undefined) return refused('domain', 'setting/domain', `domain ${unusable}.`);
  const id = fields.permissioned_user_id ?? userId({ username, host, title, row: String(row) });
  if (typeof id !== 'string') {
    return refused(
      'permissioned_user_id',
      'payload/missing-field',
      `The record has no ${id.missing === 'username' ? 'user name' : id.missing}, of which permissioned_user_id is made: give it one, or use another template for options.userId.`,
    );
  }
  const identity = `${domain.length} ${domain}${id}`;
  const issues: Issue[] = [];
  const secret = totp === '' ? undefined : plainCredential([])(totp, 'tfa_secret', issues);
  if (issues.length > 0 && !skipBadTotp) return { ...refusedFor(issues), identity, changed };
  const usable = issues.length === 0 ? secret : undefined;
  return {
    entry: {
      permissioned_user_id: id,
      domain,
      ...(username !== '' && { user_name: username }),
      ...(password !== '' && { password }),
      ...(usable !== undefined && { tfa_secret: usable, tfa_method: 'AUTHENTICATOR' }),
      ...settingsOf(fields),
    } as VaultEntry,
    identity,
    changed,
    isWithoutTotp: issues.length > 0,
    furtherSites: further,
  };
}

/** Fields of a file of one's own, but for the identity. */
function settingsOf({ permissioned_user_id: _, ...fields }: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, cellValue(name, text)]));
}

/**
 * The site of a record: the origin of its first web address (WHATWG URL, "origin"), without path, user info and default
 * port. A record is one entry, so that further sites are counted and not made entries of.
 */
function sitesOf(urls: Login['urls']): Skipped | { domain: string; host: string; further: number } {
  const sites = new Map<string, string>();
  let isAny = false;
  let hasBadAddress = false;
  for (const text of urls) {
    const address = text.trim();
    if (address === '') continue;
    isAny = true;
    // What has no scheme could be either of http and https, and the vault matches domains exactly.
    const url = /^https?:\/\//i.test(address) ? parsedUrl(address) : undefined;
    if (url === undefined) hasBadAddress ||= !OTHER_SCHEME.test(address);
    else if (!sites.has(url.origin)) sites.set(url.origin, url.host);
  }
  const [first] = sites;
  if (first === undefined)
    return isAny ? { skip: 'not a web address', hasBadAddress } : { skip: 'no web address' };
  return { domain: first[0], host: first[1], further: sites.size - 1 };
}

/** An app, a server: android://, ssh://. */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z\d+.-]*:\/\//i;

const NO_DOMAIN =
  'domain must begin with https:// or http://, and name a host: which of the two, is not guessed. Mend the row.';

function refused(path: string, rule: RuleId, message: string): { error: CredsealError } {
  return refusedFor([{ path, rule, message }]);
}

function refusedFor(issues: readonly Issue[]): { error: CredsealError } {
  const [issue] = issues;
  return { error: new CredsealError('ERR_ENTRY_INVALID', issue?.message ?? '', { issues }) };
}
