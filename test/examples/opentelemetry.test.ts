import { fileURLToPath } from 'node:url';
import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';
import { vaultClient } from '../../src/vault/index.js';
import { API_KEY, ENTRY, KEY, localVault, OTHER_KEY, REF, TOTP } from '../emulator/local-vault.js';

const example = fileURLToPath(new URL('../../examples/opentelemetry.js', import.meta.url));

interface Told {
  name: string;
  startTime: number;
  attributes: Record<string, unknown>;
  kind: SpanKind;
  status?: unknown;
  end?: number;
}

afterEach(() => {
  trace.disable();
  metrics.disable();
});

/** What an SDK would be told, by the API's own interfaces. */
function recorded() {
  const spans: Told[] = [];
  const durations: { value: number; attributes: object }[] = [];
  const tracer = {
    startSpan(name: string, options: Omit<Told, 'name'>) {
      const told: Told = { name, ...options };
      spans.push(told);
      return {
        setStatus: (status: unknown) => {
          told.status = status;
        },
        end: (end: number) => {
          told.end = end;
        },
      };
    },
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer } as never);
  const histogram = { record: (value: number, attributes: object) => durations.push({ value, attributes }) };
  metrics.setGlobalMeterProvider({ getMeter: () => ({ createHistogram: () => histogram }) } as never);
  return { spans, durations };
}

test('every attempt becomes a span and a duration, and no secret is in either', async () => {
  const { spans, durations } = recorded();
  const { vaultTelemetry } = await import(example);
  const { vault: local } = await localVault({ faults: { script: [{ status: 503 }] } });
  const vault = vaultClient({ apiKey: API_KEY, keys: KEY, baseUrl: local.url, onEvent: vaultTelemetry() });
  const begun = Date.now();
  await vault.create(ENTRY);
  await vault.get({ ...REF, permissioned_user_id: 'nobody' });

  const told = spans.map(({ name, kind, attributes, status }) => ({
    name,
    kind,
    status,
    outcome: attributes['vault.outcome'],
    http: attributes['http.response.status_code'],
    resent: attributes['http.request.resend_count'],
  }));
  const kind = SpanKind.CLIENT;
  expect(told).toEqual([
    {
      name: 'vault create',
      kind,
      status: { code: SpanStatusCode.ERROR },
      outcome: 'retry',
      http: 503,
      resent: 0,
    },
    { name: 'vault create', kind, status: undefined, outcome: 'ok', http: 201, resent: 1 },
    { name: 'vault get', kind, status: undefined, outcome: 'missing', http: 404, resent: 0 },
  ]);
  expect(spans[1]?.attributes['vault.credentials.previous_key']).toBe(0);
  for (const { startTime, end = 0 } of spans) {
    expect(startTime).toBeGreaterThanOrEqual(begun - 1);
    expect(end).toBeGreaterThanOrEqual(startTime);
  }
  expect(durations).toHaveLength(3);
  for (const { value } of durations) expect(value).toBeLessThan(60);
  const shown = JSON.stringify([spans, durations]);
  for (const secret of [
    ENTRY.password,
    ENTRY.user_name,
    TOTP,
    API_KEY,
    KEY.toHex(),
    OTHER_KEY.toHex(),
    REF.domain,
  ])
    expect(shown).not.toContain(secret);
});
