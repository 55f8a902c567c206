import { domainProblem } from '../../entry/domain.js';
import { plainCredential } from '../../entry/plain-credential.js';
import type { VaultEntry } from '../../entry/seal-entry.js';
import { CredsealError, type Issue, type RuleId } from '../../errors.js';
import { hasEntities, withoutEntities } from './html-entities.js';
import { HAS_PASSWORD, HAS_TOTP, HAS_USER_NAME } from './identities.js';
import type { ExportRecord, Login, SkipReason } from './login.js';
import { cellValue } from './own-columns.js';
import { sitesOf } from './site.js';
import type { UserIdTemplate } from './user-id.js';

/** What becomes of one record. */
export type Outcome =
  | Skipped
  | {
      readonly error: CredsealError;
      readonly identity?: string;
      readonly changed?: number | undefined;
      readonly kinds?: number;
    }
  | MadeEntry;

interface Skipped {
  readonly skip: SkipReason;
  /** Whether it names what may be a web site, in an address that is none. */
  readonly hasBadAddress?: boolean;
  /** Whether it has a password or a TOTP secret all the same. */
  readonly hasSecret?: boolean;
}

export interface MadeEntry {
  readonly entry: VaultEntry;
  /** Which entry it is: two records of one identity are the same account, and the vault has room for one. */
  readonly identity: string;
  readonly changed?: number | undefined;
  /** Which kinds of credentials the record has, as bits. */
  readonly kinds: number;
  /** Whether a TOTP secret that the vault cannot use was left out. */
  readonly isWithoutTotp: boolean;
  /** How many sites the record names beside that of the entry. */
  readonly furtherSites: number;
  /** Whether the record has TOTP secrets beside that of the entry. */
  readonly hasFurtherTotp: boolean;
  /** Whether there are HTML entities in it, which may stand for other characters. */
  readonly hasEntities: boolean;
}

export interface EntrySettings {
  readonly userId: UserIdTemplate;
  readonly skipBadTotp: boolean;
  readonly assumeHttps: boolean;
  readonly decodeEntities: boolean;
}

/** Makes an entry of a record, with its place for `{row}`. */
export function entryOf(given: ExportRecord, row: number, settings: EntrySettings): Outcome {
  if ('skip' in given) return given;
  if ('problem' in given) return refused('', 'payload/not-an-object', given.problem);
  const { userId, skipBadTotp, assumeHttps, decodeEntities } = settings;
  const record = decodeEntities ? withoutEntities(given) : given;
  const { username, password, totp, title, changed, fields = NO_FIELDS } = record;
  const reference = referenceIn(record);
  if (reference !== undefined) return refused(reference, 'setting/type', IS_REFERENCE);
  const sites = sitesOf(record, assumeHttps);
  if ('skip' in sites) {
    // In a file of one's own somebody said that this is a domain, so that it is none by mistake.
    const isMistake = sites.hasBadAddress && record.fields !== undefined;
    if (isMistake) return refused('domain', 'setting/domain', NO_DOMAIN);
    return { ...sites, hasSecret: password !== '' || totp !== '' };
  }
  if ('problem' in sites) return refused('domain', 'setting/domain', sites.problem);
  if (username === '' && password === '' && totp === '') return { skip: 'no credentials' };
  const { domain, host, further } = sites;
  const unusable = domainProblem(domain);
  if (unusable !== undefined) return refused('domain', 'setting/domain', `domain ${unusable}.`);
  const id = fields.permissioned_user_id ?? userId({ username, host, title, row });
  if (typeof id !== 'string') {
    return refused(
      'permissioned_user_id',
      'payload/missing-field',
      `The record has no ${id.missing === 'username' ? 'user name' : id.missing}, of which permissioned_user_id is made: give it one, or use another template for options.userId.`,
    );
  }
  const identity = `${domain.length} ${domain}${id}`;
  const kinds = kindsOf(record);
  if (record.otherTotp !== undefined) {
    const message = hasOther(record.otherTotp);
    return { ...refused('tfa_secret', 'totp/unused-secret', message), identity, changed, kinds };
  }
  const issues: Issue[] = [];
  const secret = totp === '' ? undefined : plainCredential([])(totp, 'tfa_secret', issues);
  if (issues.length > 0 && !skipBadTotp) return { ...refusedFor(issues), identity, changed, kinds };
  const usable = issues.length === 0 ? secret : undefined;
  const entry: Record<string, unknown> = { permissioned_user_id: id, domain };
  if (username !== '') entry.user_name = username;
  if (password !== '') entry.password = password;
  if (usable !== undefined) Object.assign(entry, { tfa_secret: usable, tfa_method: 'AUTHENTICATOR' });
  for (const name in fields)
    if (name !== 'permissioned_user_id') entry[name] = cellValue(name, fields[name] ?? '');
  return {
    entry: entry as unknown as VaultEntry,
    identity,
    changed,
    kinds,
    isWithoutTotp: issues.length > 0,
    furtherSites: further,
    hasFurtherTotp: record.hasFurtherTotp === true,
    hasEntities: !decodeEntities && hasEntities(record),
  };
}

const NO_FIELDS: Readonly<Record<string, string>> = {};

/** Which kinds of credentials a record has, as bits. */
function kindsOf({ username, password, totp }: Login): number {
  return (
    (username === '' ? 0 : HAS_USER_NAME) |
    (password === '' ? 0 : HAS_PASSWORD) |
    (totp === '' ? 0 : HAS_TOTP)
  );
}

/** A field of another entry of KeePass (https://keepass.info/help/base/fieldrefs.html), which no other program follows. */
const REFERENCE = /\{REF:[TUPANI]@[TUPANIO]:/i;

function referenceIn({ username, password, totp, urls }: Login): string | undefined {
  if (REFERENCE.test(password)) return 'password';
  if (REFERENCE.test(username)) return 'user_name';
  if (REFERENCE.test(totp)) return 'tfa_secret';
  return urls.some((url) => REFERENCE.test(url)) ? 'domain' : undefined;
}

const IS_REFERENCE =
  'The row has a reference to a field of another entry ({REF:…}), and not its value: replace it in KeePass, or enter it by hand.';

const hasOther = (account: number) =>
  `The row has a TOTP secret, and account ${account} of the authenticators another one for it: which is right, is not guessed. Remove one.`;

const NO_DOMAIN =
  'domain must begin with https:// or http://, and name a host: which of the two, is not guessed. Mend the row.';

function refused(path: string, rule: RuleId, message: string): { error: CredsealError } {
  return refusedFor([{ path, rule, message }]);
}

function refusedFor(issues: readonly Issue[]): { error: CredsealError } {
  const [issue] = issues;
  return { error: new CredsealError('ERR_ENTRY_INVALID', issue?.message ?? '', { issues }) };
}
