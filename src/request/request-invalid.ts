import { CredsealError } from '../errors.js';

/** The error of what cannot make a request, in which field of what was given. */
export function requestInvalid(message: string, field?: string): CredsealError {
  return new CredsealError('ERR_REQUEST_INVALID', message, field ? { field } : {});
}
