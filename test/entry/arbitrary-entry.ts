import fc from 'fast-check';
import { IP_ADDRESSES } from './field-values.js';
import { TOTP } from './sealing.js';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
const filled = text.filter((value) => value !== '');
const flag = fc.boolean();
const flagOrNull = fc.option(flag);
// Through JSON once, in which -0 is 0.
const storage = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
const ipAddress = fc.oneof(fc.ipV4(), fc.constantFrom(...IP_ADDRESSES));
const interval = fc.option(fc.constantFrom('01:30:00', '7 days 00:00:00', '1 mon', 'P7D', '90 minutes'));

const settings = {
  user_alias: text,
  persist_session_storage: flagOrNull,
  persist_local_storage: flagOrNull,
  persist_cookies: flagOrNull,
  prevent_concurrency_during_login: flagOrNull,
  expiry_time_from_last_use: interval,
  expiry_time_from_session_data_set: interval,
  proxy: fc.record({ enable: flag, target_ip: ipAddress }, { requiredKeys: ['enable'] }),
  cookies: fc.array(
    fc.record(
      {
        name: text,
        value: text,
        domain: text,
        path: text,
        secure: flag,
        expirationDate: fc.nat(),
        extra: text,
      },
      { requiredKeys: ['name', 'value', 'domain'] },
    ),
  ),
  session_storage: storage,
  local_storage: storage,
  cookie_domain_to_store: fc.option(text),
  skip_csrf_cookies: flag,
  headers: fc.array(fc.record({ name: text, value: text })),
  user_agent: text,
  location: text,
  ip_address: ipAddress,
};

const concurrency = fc.constantFrom(
  {},
  { allow_multiple_sessions: false },
  { allow_multiple_sessions: true, max_concurrency: 7 },
  { allow_multiple_sessions: true, max_concurrency: null },
);
const proxyChoice = fc.oneof(
  fc.constantFrom(
    {},
    { proxy_setting: 'random' },
    { proxy_setting: 'country', proxy_value: 'DE' },
    { proxy_setting: 'static', proxy_value: '203.0.113.7' },
  ),
  fc
    .webUrl({ validSchemes: ['http', 'https', 'socks5'] })
    .map((proxy_value) => ({ proxy_setting: 'custom', proxy_value })),
);
const totpSecret = fc.constantFrom(
  TOTP,
  'JBSWY3DPEHPK3PXP',
  `${TOTP.toLowerCase()} `,
  `otpauth://totp/x?secret=${TOTP}`,
);
const source = fc.oneof(
  fc.record({ user_name: filled, password: filled }, { requiredKeys: [] }),
  fc.record({
    user_name: filled,
    password: filled,
    tfa_secret: totpSecret,
    tfa_method: fc.constant('AUTHENTICATOR'),
  }),
  fc.record({ password: filled, tfa_method: fc.constantFrom('EMAIL', 'SMS', 'MAGIC_LINK') }),
  fc.record(
    { secret_provider_id: filled, secret_ref: filled, secret_cache_ttl_seconds: fc.nat() },
    { requiredKeys: ['secret_provider_id', 'secret_ref'] },
  ),
);

/** An entry that `sealEntry` takes for either operation: any settings, and every kind of credentials. */
export const validEntry: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.record({ permissioned_user_id: filled, domain: fc.webUrl() }),
    fc.record(settings, { requiredKeys: [] }),
    concurrency,
    proxyChoice,
    source,
    fc.infiniteStream(fc.nat()),
  )
  .map(([...parts]) => {
    const order = parts.pop() as Iterator<number>;
    const fields = Object.entries(Object.assign({}, ...parts) as Record<string, unknown>);
    const shuffled = fields.map((field) => ({ field, at: order.next().value as number }));
    return Object.fromEntries(shuffled.sort((a, b) => a.at - b.at).map(({ field }) => field));
  });

/** What the vault has of an entry, in plain text: the same, but for the one form that TOTP secrets are stored in. */
export function storedForm(entry: Record<string, unknown>): Record<string, unknown> {
  const { tfa_secret } = entry;
  if (typeof tfa_secret !== 'string') return entry;
  return { ...entry, tfa_secret: tfa_secret.length < 20 ? 'JBSWY3DPEHPK3PXP' : TOTP };
}
