import { domainProblem } from '../../../src/entry/domain.js';
import { toInterval } from '../../../src/entry/interval.js';
import { isIpAddress } from '../../../src/entry/ip-address.js';

// Somebody's own table of the fields of an entry.

export interface Problem {
  readonly path: string;
  readonly rule: string;
}
/** What is wrong with a value that stands at a path. */
export type Check = (value: unknown, path: string) => Problem[];
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A check by a test. */
export const passing =
  (isRight: (value: never) => boolean, rule = 'setting/type'): Check =>
  (value, path) =>
    isRight(value as never) ? [] : [{ path, rule }];
const both =
  (first: Check, second: Check): Check =>
  (value, path) => {
    const problems = first(value, path);
    return problems.length > 0 ? problems : second(value, path);
  };
const orNull =
  (check: Check): Check =>
  (value, path) =>
    value === null ? [] : check(value, path);
const object =
  (required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  (value, path) => {
    if (!isObject(value) || Object.keys(required).some((name) => !(name in value)))
      return [{ path, rule: 'setting/type' }];
    return Object.entries({ ...required, ...optional }).flatMap(([name, check]) =>
      name in value ? check(value[name], `${path}.${name}`) : [],
    );
  };
const array =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((each, at) => check(each, `${path}[${at}]`))
      : [{ path, rule: 'setting/type' }];

export const text = passing((value: unknown) => typeof value === 'string');
export const anything = passing(() => true);
const flag = passing((value: unknown) => typeof value === 'boolean');
const whole = passing((value: unknown) => Number.isSafeInteger(value));
const oneOf = (...words: string[]) => passing((value: string) => words.includes(value));
const filled = (rule?: string) =>
  both(
    text,
    passing((value: string) => value !== '', rule),
  );
const address = both(text, passing(isIpAddress, 'setting/ip-address'));
const interval = both(
  passing((value: unknown) => typeof value === 'string' || isObject(value)),
  passing((value: string) => {
    try {
      return toInterval(value) !== '';
    } catch {
      return false;
    }
  }, 'setting/interval'),
);
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const cookie = object(
  { name: text, value: text, domain: text },
  {
    ...{ path: text, httpOnly: flag, hostOnly: flag, secure: flag, session: flag },
    ...{ storeId: orNull(text), sameSite: orNull(text) },
    expirationDate: passing((value: unknown) => typeof value === 'number'),
  },
);

/** What each field takes. */
export const TABLE: Readonly<Record<string, Check>> = {
  permissioned_user_id: filled(),
  domain: both(
    text,
    passing((value: string) => domainProblem(value) === undefined, 'setting/domain'),
  ),
  user_name: text,
  password: text,
  tfa_secret: text,
  tfa_method: oneOf('AUTHENTICATOR', 'EMAIL', 'SMS', 'MAGIC_LINK'),
  user_alias: text,
  persist_session_storage: orNull(flag),
  persist_local_storage: orNull(flag),
  persist_cookies: orNull(flag),
  allow_multiple_sessions: flag,
  max_concurrency: orNull(
    both(
      whole,
      passing((value: number) => value >= 1, 'setting/concurrency'),
    ),
  ),
  prevent_concurrency_during_login: orNull(flag),
  expiry_time_from_last_use: orNull(interval),
  expiry_time_from_session_data_set: orNull(interval),
  proxy: both(
    object({ enable: flag }, { target_ip: address }),
    passing((value: object) => Object.keys(value).every((name) => ['enable', 'target_ip'].includes(name))),
  ),
  proxy_setting: oneOf('random', 'static', 'country', 'custom'),
  proxy_value: filled('setting/proxy'),
  secret_provider_id: filled('setting/provider'),
  secret_ref: filled('setting/provider'),
  secret_cache_ttl_seconds: both(
    whole,
    passing((value: number) => value >= 0, 'setting/provider'),
  ),
  cookies: array(cookie),
  session_storage: passing(isObject),
  local_storage: passing(isObject),
  cookie_domain_to_store: orNull(text),
  skip_csrf_cookies: flag,
  headers: array(object({ name: text, value: text })),
  user_agent: text,
  location: text,
  ip_address: address,
  id: both(
    text,
    passing((value: string) => UUID.test(value)),
  ),
};
/** What the vault sets. */
export const READ_ONLY = (
  'workspace_id user_id created_at updated_at tfa_email tfa_phone_number session_data_set_at ' +
  'effective_expires_at proxy_string session_id'
).split(' ');
/** What always travels sealed. */
export const CREDENTIALS = ['user_name', 'password', 'tfa_secret'];
