import { printable } from '../../entry/check.js';
import type { EntryRef } from '../../entry/fields.js';
import { CredsealError, type Finding, type RuleId } from '../../errors.js';
import { type KeyRing, keysOf } from '../../key/key-ring.js';
import type { VaultKey } from '../../key/vault-key.js';
import { rules } from '../../preflight/rules.js';
import { checkedEntries, type ManifestEntries } from './entries.js';
import { inByteOrder, lineParts, lineStart, type ManifestEnd, notAManifest, readManifest } from './format.js';
import { endMac, entryMac, isSameMac, manifestKey, type NamedEntry, namedEntry } from './mac.js';
import { manifestRules } from './rules.js';

/** What {@link checkManifest} found. */
export interface ManifestReport {
  /** Whether there is no error among the findings; there may be warnings. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Holds entries against a manifest: each must be the one that was there when the manifest was made, and none may have
 * come or gone. A MAC says that something is another, and not what of it. An old manifest beside the entries of its time
 * holds: who keeps the newer one sees by `at`, `previous` and `mac` of the last line that it is older.
 *
 * @param entries sealed entries, or answers of the vault, in any order, also from a stream.
 * @param manifest the text that `makeManifest` gave.
 * @param keys a key or a ring. One under a previous key of the ring holds, with a warning: so it is after a rotation.
 * @returns findings of the rules `manifest/…`, and `batch/duplicate-entry` for an entry that is there twice; paths are like
 *   `[2]`, and empty for an entry that is gone, whose names are in the message. If the manifest itself does not hold
 *   (`manifest/wrong-key-or-changed`), no entry is looked at.
 * @throws CredsealError (as a rejection) `ERR_MANIFEST` for what is no manifest, or is cut off; `ERR_ENTRY_INVALID` if there
 *   is nothing to go through; `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED`. What the source of the entries throws goes on.
 * @example
 * const { ok, findings } = await checkManifest(entries, manifest, key);
 */
export async function checkManifest(
  entries: ManifestEntries,
  manifest: string,
  keys: VaultKey | KeyRing,
): Promise<ManifestReport> {
  const check = new ManifestCheck(manifest, keys);
  try {
    const source = checkedEntries(entries);
    const findings = [...check.findings];
    if (check.isAuthentic) {
      let index = 0;
      for await (const entry of source) {
        for (const { path, ...finding } of check.look(entry))
          findings.push({ ...finding, path: [`[${index}]`, path].filter(Boolean).join('.') });
        index += 1;
      }
      findings.push(...check.removed());
    }
    return reportOf(findings);
  } finally {
    check.forgetKey();
  }
}

function reportOf(findings: readonly Finding[]): ManifestReport {
  return { ok: findings.every(({ severity }) => severity !== 'error'), findings };
}

/** What the map of a check has for an entry that was seen: no MAC is like it. */
const SEEN = '';

/** A check of entries one by one. Not public: the command line names them by their places. */
export class ManifestCheck {
  readonly manifest: ManifestEnd & { readonly mac: string };
  /** What is to be said of the manifest itself. */
  readonly findings: readonly Finding[];
  /** Whether it holds: if not, it says nothing of any entry. */
  readonly isAuthentic: boolean;
  readonly #key: Uint8Array;
  readonly #macs = new Map<string, string>();

  /** @throws CredsealError `ERR_MANIFEST`, `ERR_KEY_FORMAT`, `ERR_KEY_DESTROYED` */
  constructor(text: string, keys: VaultKey | KeyRing) {
    const { current, keys: all } = keysOf(keys);
    const { lines, end, unsigned, mac } = readManifest(text);
    this.manifest = { ...end, mac };
    const used = all.find(({ fingerprint }) => fingerprint === end.key);
    this.#key = used ? manifestKey(used) : new Uint8Array(0);
    this.isAuthentic = used !== undefined && isSameMac(endMac(lines, unsigned, this.#key), mac);
    if (!this.isAuthentic) {
      const known = all.map(({ fingerprint }) => fingerprint).join(', ');
      const why = used ? 'was changed' : `is under another key than ${known}, or was changed`;
      this.findings = [findingOf('manifest/wrong-key-or-changed', `The manifest ${why}.`)];
      return;
    }
    // What holds is as its writer meant it; one that goes by other rules may mean something else.
    for (const [index, line] of lines.entries()) {
      const { start, mac: own } = lineParts(line);
      if (this.#macs.has(start) || (index > 0 && inByteOrder(lines[index - 1] as string, line) >= 0))
        throw notAManifest(`line ${index + 1} is not in its place, or there twice`);
      this.#macs.set(start, own);
    }
    if (end.entries !== lines.length)
      throw notAManifest(`it has ${lines.length} entries, and says ${end.entries}`);
    this.findings =
      used === current
        ? []
        : [
            findingOf(
              'manifest/previous-key',
              `The manifest is under ${used}; the current key is ${current}.`,
            ),
          ];
  }

  /** What is to be said of an entry, each with the path in it. */
  look(entry: unknown): readonly Finding[] {
    try {
      const named = namedEntry(entry);
      const start = lineStart(named.permissioned_user_id, named.domain);
      const expected = this.#macs.get(start);
      this.#macs.set(start, SEEN);
      if (expected === SEEN)
        return [
          findingOf(
            'batch/duplicate-entry',
            'permissioned_user_id and domain are those of an entry before it.',
            'permissioned_user_id',
          ),
        ];
      if (expected === undefined)
        return [findingOf('manifest/added', `${nameOf(named)} is not in the manifest.`)];
      if (isSameMac(this.#macOf(named), expected)) return [];
      return [findingOf('manifest/changed', `${nameOf(named)} is another than in the manifest.`)];
    } catch (error) {
      if (!(error instanceof CredsealError) || error.issues === undefined) throw error;
      return error.issues.map(({ rule, message, path }) => findingOf(rule, message, path));
    }
  }

  /**
   * What is in the manifest and was not there, in its order.
   *
   * @param isExpected tells of an entry that it is no finding.
   */
  removed(isExpected: (ref: EntryRef) => boolean = () => false): readonly Finding[] {
    const left = [...this.#macs].flatMap(([start, mac]) => (mac === SEEN ? [] : [JSON.parse(`${start}}`)]));
    return left
      .filter((ref) => !isExpected(ref))
      .map((ref) => findingOf('manifest/removed', `${nameOf(ref)} is in the manifest, and not there.`));
  }

  /** Wipes the key of the MACs: it cannot be used any more. */
  forgetKey(): void {
    this.#key.fill(0);
  }

  /** The MAC of an entry; of one that none could be made of, nothing that is like one. */
  #macOf(named: NamedEntry): string {
    try {
      return entryMac(named, this.#key);
    } catch (error) {
      if (!(error instanceof CredsealError)) throw error;
      return SEEN;
    }
  }
}

const NAME_LENGTH = 200;

/** Names are no secrets, and all that there is to find an entry by. */
const nameOf = ({ permissioned_user_id, domain }: Pick<NamedEntry, 'permissioned_user_id' | 'domain'>) =>
  `The entry of ${printable(permissioned_user_id, NAME_LENGTH)} at ${printable(domain, NAME_LENGTH)}`;

function findingOf(rule: RuleId, message: string, path = ''): Finding {
  const { severity, hint } = { ...rules, ...manifestRules }[rule];
  return { rule, severity, path, message, hint };
}
