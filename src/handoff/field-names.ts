// Generated from the field table by npm run docs: names alone, since the table with its checks weighs more than a front
// end that seals may weigh.

/** The fields that may be written when an entry is created. */
export const writableFields: readonly string[] = [
  'permissioned_user_id',
  'domain',
  'user_name',
  'password',
  'tfa_secret',
  'tfa_method',
  'user_alias',
  'persist_session_storage',
  'persist_local_storage',
  'persist_cookies',
  'allow_multiple_sessions',
  'max_concurrency',
  'prevent_concurrency_during_login',
  'expiry_time_from_last_use',
  'expiry_time_from_session_data_set',
  'proxy',
  'proxy_setting',
  'proxy_value',
  'secret_provider_id',
  'secret_ref',
  'secret_cache_ttl_seconds',
  'cookies',
  'session_storage',
  'local_storage',
  'cookie_domain_to_store',
  'skip_csrf_cookies',
  'headers',
  'user_agent',
  'location',
  'ip_address',
];
/** The fields that every entry has. */
export const requiredFields: readonly string[] = ['permissioned_user_id', 'domain'];
/** The fields that are credentials. */
export const credentialFields: readonly string[] = ['user_name', 'password', 'tfa_secret'];
