import { describe, expect, it } from 'vitest';
import type { EntryRuleId, Finding } from '../../src/errors.js';
import { preflight } from '../../src/preflight/preflight.js';
import { rules } from '../../src/preflight/rules.js';
import { openValue } from '../../src/value/sealed-value.js';
import { FOREIGN_KEY, findingsOf, KEY, RING } from './payloads.js';
import type { Case } from './rule-case.js';
import { ruleCases } from './rule-cases.js';

/** Words of the field table and beginnings of URLs, which messages may show: they are no values of anybody's. */
const WORDS = /^(AUTHENTICATOR|EMAIL|MAGIC_LINK|random|static|country|custom|\w+:\/\/)$/;
const SENTENCE = /^\S[^\n]*[^.\s][.?]$/;

const names = Object.keys(ruleCases) as EntryRuleId[];
const named = (cases: readonly Case[]) => cases.map((each) => [each.what, each] as const);
const findings = ({ given, options }: Case): readonly Finding[] =>
  preflight(given, { keys: KEY, ...options }).findings;

/** Every text in a payload, and what is sealed in it. Names of fields are no values. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...openedTexts(value)];
  if (typeof value !== 'object' || value === null || value instanceof Promise) return [];
  return (value instanceof Map ? [...value.values()] : Object.values(value)).flatMap(textsIn);
}

function openedTexts(text: string): string[] {
  for (const keys of [RING, FOREIGN_KEY]) {
    try {
      return textsIn(openValue(text, keys));
    } catch {
      // Plain, damaged, or under another key.
    }
  }
  return [];
}

it('there are cases for every rule, and a rule for every case', () => {
  expect(names.sort()).toEqual(Object.keys(rules).sort());
  expect(names).toHaveLength(29);
});

describe.each(names)('%s', (rule) => {
  const { severity, broken, sound } = ruleCases[rule];

  it('has two payloads at least that break it, and two that nearly do', () => {
    expect(broken.length).toBeGreaterThanOrEqual(2);
    expect(sound.length).toBeGreaterThanOrEqual(2);
  });

  it.each(named(broken))('is found: %s', (_, { given, options, findings: expected }) => {
    expect(findingsOf(given, options)).toEqual([...expected].sort());
    expect(expected.some((finding) => finding.endsWith(`: ${rule}`))).toBe(true);
  });

  it.each(named(sound))('is not found: %s', (_, { given, options, findings: expected }) => {
    expect(findingsOf(given, options)).toEqual([...expected].sort());
    expect(expected.some((finding) => finding.endsWith(`: ${rule}`))).toBe(false);
  });

  it(`is ${severity === 'error' ? 'an error' : 'a warning'}, and the report is ok if there are only warnings`, () => {
    for (const each of broken) {
      const report = preflight(each.given, { keys: KEY, ...each.options });
      const own = report.findings.filter((finding) => finding.rule === rule);
      expect(own.map((finding) => finding.severity)).toEqual(own.map(() => severity));
      expect(own.map((finding) => finding.hint)).toEqual(own.map(() => rules[rule].hint));
      expect(report.ok).toBe(report.findings.every((finding) => finding.severity === 'warning'));
      expect(report.checked).toBe(Array.isArray(each.given) ? each.given.length : 1);
    }
  });

  it('is told in sentences', () => {
    for (const { message, hint } of broken.flatMap(findings)) {
      expect(message).toMatch(SENTENCE);
      expect(hint).toMatch(SENTENCE);
      expect(message).not.toContain('undefined');
    }
  });

  it('is told without showing a value', () => {
    for (const each of [...broken, ...sound]) {
      // The hint is the same for every payload: see src/preflight/rules.
      const shown = findings(each)
        .flatMap(({ message, path }) => [message, path])
        .join('\n');
      const values = textsIn(each.given).filter((text) => text.length > 4 && !WORDS.test(text));
      expect(values.filter((text) => shown.includes(text))).toEqual([]);
      expect(shown).not.toContain('QZXJW');
    }
  });
});
