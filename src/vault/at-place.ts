import { CredsealError } from '../errors.js';

/** Does something with one of many: the message of an error begins with which it is, and the error is the same otherwise. */
export function atPlace<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CredsealError)) throw error;
    const { code, message, field, issues, report } = error;
    throw new CredsealError(code, `${place}: ${message}`, {
      ...(field !== undefined && { field }),
      ...(issues !== undefined && { issues }),
      ...(report !== undefined && { report }),
    });
  }
}
