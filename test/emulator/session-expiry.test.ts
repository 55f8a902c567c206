import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addInterval } from '../../src/emulator/session-expiry.js';
import { parseInterval } from '../../src/entry/interval.js';
import { refusal } from '../refusal.js';
import { rounds } from '../rounds.js';
import { localVault, REF, send } from './local-vault.js';

const START = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;
const STATE = { cookies: [{ name: 'n', value: 'v', domain: 'd' }], local_storage: { a: 1 } };
const GONE = { cookies: null, local_storage: null, session_data_set_at: null, effective_expires_at: null };

/** A vault with one entry, its session data set at START, and a clock to move. */
async function withSession(settings: object) {
  const clock = { now: START };
  const local = await localVault({ now: () => clock.now });
  await send(local.requests.create({ ...REF, ...STATE, ...settings }));
  const at = async (ms: number) => {
    clock.now = START + ms;
    return (await send(local.requests.get(REF))).json;
  };
  return { ...local, at };
}

describe('session data', () => {
  test('stays without an interval', async () => {
    const { at } = await withSession({});
    expect(await at(1e12)).toMatchObject({ ...STATE, effective_expires_at: null });
  });

  test.each(['expiry_time_from_session_data_set', 'expiry_time_from_last_use'])(
    'is gone when %s has passed, to the millisecond',
    async (setting) => {
      const { at, requests } = await withSession({ [setting]: '01:30:00' });
      const before = await at(1.5 * HOUR - 1);
      expect(before).toMatchObject({ ...STATE, effective_expires_at: '2026-01-31T13:30:00.000Z' });
      expect(before.session_id).toEqual(expect.any(String));
      expect(await at(1.5 * HOUR)).toMatchObject({ ...GONE, session_id: null, [setting]: '01:30:00' });
      expect((await send(requests.list())).json[0]).toMatchObject(GONE);
    },
  );

  test('lives on from each use, but not beyond the interval from when it was set', async () => {
    const { at, vault, raw } = await withSession({
      expiry_time_from_last_use: '01:00:00',
      expiry_time_from_session_data_set: '03:00:00',
    });
    await at(0.5 * HOUR);
    vault.recordUse(REF);
    expect(await at(1.4 * HOUR)).toMatchObject({
      ...STATE,
      effective_expires_at: '2026-01-31T13:30:00.000Z',
    });
    expect((await raw('POST', '/emulator/use', REF)).status).toBe(200);
    await at(2.3 * HOUR);
    vault.recordUse(REF);
    expect(await at(2.9 * HOUR)).toMatchObject({
      ...STATE,
      effective_expires_at: '2026-01-31T15:00:00.000Z',
    });
    expect(await at(3 * HOUR)).toMatchObject(GONE);
  });

  test('that is written again counts from then on, and what has expired does not come back', async () => {
    const { at, requests } = await withSession({ expiry_time_from_session_data_set: '01:00:00' });
    await at(2 * HOUR);
    await send(requests.update({ ...REF, expiry_time_from_session_data_set: '10 days' }));
    expect(await at(2 * HOUR)).toMatchObject(GONE);
    await send(requests.update({ ...REF, cookies: STATE.cookies }));
    expect(await at(2 * HOUR)).toMatchObject({
      cookies: STATE.cookies,
      local_storage: null,
      session_data_set_at: '2026-01-31T14:00:00.000Z',
      effective_expires_at: '2026-02-10T14:00:00.000Z',
    });
  });

  test('an interval may be longer than any date', async () => {
    const { at } = await withSession({ expiry_time_from_last_use: '1000000 years' });
    expect(await at(1e12)).toMatchObject({ ...STATE, effective_expires_at: null });
  });

  test('a use of an entry that is not there is refused', async () => {
    const { vault } = await withSession({});
    refusal('ERR_REQUEST_INVALID', () => vault.recordUse({ ...REF, domain: 'https://x.example' }));
  });
});

describe('a moment and an interval are added as PostgreSQL adds them', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
  });
  afterAll(() => database.close());

  const judge = async (start: number, interval: string) => {
    const { rows } = await database.query<{ ms: number }>(
      `SELECT (extract(epoch FROM ($1::timestamp + $2::interval)) * 1000)::float8 AS ms`,
      [new Date(start).toISOString().replace('Z', ''), interval],
    );
    return rows[0]?.ms;
  };

  test.each([
    '1 mon',
    '1 mon -1 day',
    '1 year 1 mon 1 day 01:00:00',
    '-1 mon 40 days',
    '13 months',
    '0.5 days',
  ])('%s, from the ends of months', async (interval) => {
    for (const start of ['2024-01-31', '2024-02-29', '2026-12-31', '2026-03-30'].map(Date.parse))
      expect(addInterval(start, parseInterval(interval))).toBe(await judge(start, interval));
  });

  test('whatever they are', async () => {
    const day = { min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) };
    const small = fc.integer({ min: -500, max: 500 });
    await fc.assert(
      fc.asyncProperty(fc.integer(day), small, small, small, async (start, months, days, minutes) => {
        const interval = `${months} months ${days} days ${minutes} minutes`;
        expect(addInterval(start, parseInterval(interval))).toBe(await judge(start, interval));
      }),
      { numRuns: rounds(40, 200) },
    );
  });
});
