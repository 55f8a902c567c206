import { CutOff } from './attempt.js';

/** Why nobody was reached, by what the platform calls it, in words of ours: its own may quote more than is wanted. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at that address',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
  ETIMEDOUT: 'no connection came about in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  EHOSTUNREACH: 'the network has no route to it',
  ENETUNREACH: 'the network has no route to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers does not speak TLS',
};

/** That there was no answer, and why where that is known: a phrase, with the origin of the URL and no more of it. */
export function unreachable(url: string, error: unknown): string {
  const vault = `The vault at ${new URL(url).origin}`;
  if (error instanceof Error && error.name === 'TimeoutError') return `${vault} does not answer in time`;
  if (error instanceof CutOff) return `${vault} ends its answer too early`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = Object.hasOwn(reasons, code) ? `: ${reasons[code]}` : '';
  return `${vault} cannot be reached${why}`;
}
