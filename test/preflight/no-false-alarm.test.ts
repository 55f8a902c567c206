import { describe, expect, it } from 'vitest';
import { preflight } from '../../src/preflight/preflight.js';
import { rules } from '../../src/preflight/rules.js';
import { rounds } from '../rounds.js';
import { faults } from './faults.js';
import { KEY, RING } from './payloads.js';
import { randomFrom, sealedOf, soundEntries, soundPayloads } from './sound-entries.js';

const OPERATIONS = ['create', 'update'] as const;
const brief = (findings: ReturnType<typeof preflight>['findings']) =>
  findings.map(({ path, rule, message }) => `${path}: ${rule}: ${message}`);

describe.each(OPERATIONS)('no false alarm on %s', (operation) => {
  const COUNT = rounds(1000, 10_000);
  it(`${COUNT} sound entries, sealed, give no finding at all, alone and as one batch`, () => {
    const payloads = soundPayloads(COUNT, operation);
    const options = { keys: KEY, operation };
    const alarms = payloads.filter((payload) => preflight(payload, options).findings.length > 0);
    expect(alarms.slice(0, 3).map((payload) => brief(preflight(payload, options).findings))).toEqual([]);
    expect(preflight(payloads, { keys: RING, operation })).toEqual({
      ok: true,
      checked: COUNT,
      opened: true,
      findings: [],
    });
  });

  it('what sealEntry gives is sound before it goes through JSON, too', () => {
    for (const entry of soundEntries(500, operation, 2)) {
      const { findings } = preflight(sealedOf(entry, operation), { keys: KEY, operation });
      expect(brief(findings)).toEqual([]);
    }
  });
});

describe('no silence', () => {
  const creates = soundPayloads(200, 'create', 3);
  const updates = soundPayloads(200, 'update', 4);

  it('there is a fault for every rule', () => {
    expect([...new Set(faults.map(({ rule }) => rule))].sort()).toEqual(Object.keys(rules).sort());
  });

  it.each(faults.map((fault) => [fault.rule, fault.what, fault] as const))(
    '%s: %s, in any payload',
    (rule, _, { make, operation, keys = KEY }) => {
      const random = randomFrom(5);
      for (const payload of operation === 'update' ? updates : creates) {
        const { path, given } = make(payload, random);
        const { findings } = preflight(given, { keys, operation });
        expect(findings.map((finding) => `${finding.path}: ${finding.rule}`)).toContain(`${path}: ${rule}`);
      }
    },
  );

  it.each(
    faults
      .filter(({ rule }) => rule !== 'batch/duplicate-entry')
      .map((fault) => [fault.rule, fault.what, fault] as const),
  )('%s: %s, among sound payloads, of which nothing is said', (rule, _, { make, operation, keys = KEY }) => {
    const random = randomFrom(6);
    const payloads: unknown[] = (operation === 'update' ? updates : creates).slice();
    const at = random(payloads.length);
    const { path, given } = make(creates[at] ?? {}, random);
    payloads[at] = given;
    const places = preflight(payloads, { keys, operation }).findings.map((finding) => [
      finding.path,
      finding.rule,
    ]);
    expect(places).toContainEqual([path === '' ? `[${at}]` : `[${at}].${path}`, rule]);
    expect(places.filter(([place]) => !place?.startsWith(`[${at}]`))).toEqual([]);
  });
});
