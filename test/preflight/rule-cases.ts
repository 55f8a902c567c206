import type { EntryRuleId } from '../../src/errors.js';
import type { RuleCases } from './rule-case.js';
import { credentialCases } from './rule-cases-credential.js';
import { payloadCases } from './rule-cases-payload.js';
import { relationCases } from './rule-cases-relation.js';
import { sealedCases } from './rule-cases-sealed.js';
import { settingCases } from './rule-cases-setting.js';
import { totpCases } from './rule-cases-totp.js';

/** Every rule: what breaks it, and what nearly does. */
export const ruleCases: Record<EntryRuleId, RuleCases> = {
  ...payloadCases,
  ...credentialCases,
  ...sealedCases,
  ...totpCases,
  ...settingCases,
  ...relationCases,
};
