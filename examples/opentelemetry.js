// Traces and metrics of the calls of the vault, by OpenTelemetry's API: they go to whichever SDK the service has set up, and
// nowhere without one. An event holds no secret. Names of entries may be personal data, and are left out here.
import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

/** For `onEvent` of `vaultClient`: a span, and its duration in a histogram, for every attempt. */
export function vaultTelemetry() {
  const tracer = trace.getTracer('credseal');
  const duration = metrics.getMeter('credseal').createHistogram('vault.attempt.duration', { unit: 's' });

  return ({ operation, attempt, status, ms, outcome, keys }) => {
    const attributes = {
      'vault.operation': operation,
      'vault.outcome': outcome,
      ...(status !== undefined && { 'http.response.status_code': status }),
    };
    duration.record(ms / 1000, attributes);

    // The attempt is over when it is told.
    const end = Date.now();
    const span = tracer.startSpan(`vault ${operation}`, {
      kind: SpanKind.CLIENT,
      startTime: end - ms,
      attributes: {
        ...attributes,
        'http.request.resend_count': attempt - 1,
        // Above 0 during a rotation: how much of what is read is still under a previous key.
        ...(keys && { 'vault.credentials.previous_key': keys.previous }),
      },
    });
    if (outcome !== 'ok' && outcome !== 'missing') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(end);
  };
}
