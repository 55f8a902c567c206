// What a service does before it takes work: prove that the cryptography works here and that the key is the right one.
import { guardFetch, openValue, selfTest, VaultKey } from 'credseal';

/**
 * @param {Record<string, string | undefined>} env CLOUDCRUISE_ENCRYPTION_KEY, and in CREDSEAL_CANARY a value that was
 *   sealed under the key that is meant, of which nothing is secret
 */
export function checkAtStart(env) {
  const { ok, backend, checks } = selfTest();
  if (!ok)
    throw new Error(`${backend} fails: ${checks.filter((check) => !check.ok).map((check) => check.name)}`);
  const key = VaultKey.fromEnv(env);
  // A key can be well-formed and last month's. A value of which it is known that it opens tells.
  if (env.CREDSEAL_CANARY) openValue(env.CREDSEAL_CANARY, key);
  return { key, fetch: guardFetch(fetch, { keys: key, baseUrl: env.CLOUDCRUISE_BASE_URL }) };
}

if (process.argv[1] === import.meta.filename) {
  const { key } = checkAtStart(process.env);
  console.log(`ready, with ${key}`);
}
