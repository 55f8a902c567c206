import type { ManifestRuleId } from '../../errors.js';
import { error, type Rule, warning } from '../../preflight/rules/rule.js';

/** What a manifest has to say of entries. The comment of each is its line in the reference. */
export const manifestRules: Record<ManifestRuleId, Rule> = {
  /** The entry is another than the one in the manifest: a MAC does not tell what of it. */
  'manifest/changed': error('Find who changed it; if nobody should have, write it again from its source.'),
  /** The entry is not in the manifest. */
  'manifest/added': error('Find who added it; if nobody should have, delete it.'),
  /** The entry is in the manifest, and not there. */
  'manifest/removed': error('Find who removed it; if nobody should have, write it again from its source.'),
  /** The manifest itself was changed, or is under a key that is not at hand: it says nothing of any entry. */
  'manifest/wrong-key-or-changed': error(
    'Take the manifest from where it is kept, and compare fingerprints.',
  ),
  /** The manifest was made under a previous key of the ring. */
  'manifest/previous-key': warning(
    'Make a new one under the current key: makeManifest, credseal manifest make.',
  ),
};
