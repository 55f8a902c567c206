import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { readHeader } from '../handoff/header.js';

/** What a token says of itself to who has no key. Anybody may have written it. */
export interface HandoffPeek {
  /** Seconds since the epoch: from then on nobody opens the token. */
  readonly expiresAt: number;
  readonly audience?: string;
  /** The thumbprint (RFC 7638) of the key that it is sealed to. */
  readonly keyId: string;
}

/**
 * Reads what is in clear in a token, for expiries of jobs and for messages. No key is needed, and nothing here is authentic:
 * decide nothing by it.
 *
 * @throws CredsealError `ERR_HANDOFF` with the reason `malformed` for what is not exactly a token
 * @example const { expiresAt } = peekHandoff(token);
 */
export function peekHandoff(token: string): HandoffPeek {
  const { exp, kid, aud } = readHeader(token);
  return { expiresAt: exp, keyId: kid, ...(aud !== undefined && { audience: aud }) };
}

/**
 * The id of the job that carries a token: SHA-256 of the token, 64 hex digits. Whoever makes tokens cannot choose it, so
 * that a changed copy of a token does not take the place of that token in the queue, and the same token twice is one job.
 *
 * @throws CredsealError `ERR_HANDOFF` with the reason `malformed` for what is not exactly a token
 * @example await queue.add('handoff', { token, user }, { jobId: handoffJobId(token) });
 */
export function handoffJobId(token: string): string {
  readHeader(token);
  return bytesToHex(sha256(utf8ToBytes(token)));
}
