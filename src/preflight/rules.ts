import type { EntryRuleId } from '../errors.js';
import { batchRules } from './rules/batch.js';
import { credentialRules } from './rules/credential.js';
import { payloadRules } from './rules/payload.js';
import type { Rule } from './rules/rule.js';
import { settingRules } from './rules/setting.js';
import { totpRules } from './rules/totp.js';

/** Every rule, from the modules of their families. The comment of each there is its line in the reference. */
export const rules: Record<EntryRuleId, Rule> = {
  ...payloadRules,
  ...credentialRules,
  ...totpRules,
  ...settingRules,
  ...batchRules,
};
