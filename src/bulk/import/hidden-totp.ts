import { isObject } from '../../inspection.js';
import type { Login } from './login.js';

/** An item with more members than anybody has is not looked through. */
const MOST_VALUES = 10_000;

/** A login, and whether its item has a key URI in a field that nothing is read of. */
export function hiddenTotpIn(item: Readonly<Record<string, unknown>>, login: Login): Login {
  if (login.hasFurtherTotp) return login;
  const open: unknown[] = [item];
  for (let count = 0; open.length > 0 && count < MOST_VALUES; count++) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (/^otpauth:\/\//i.test(value) && value !== login.totp) return { ...login, hasFurtherTotp: true };
    } else if (Array.isArray(value)) open.push(...value);
    else if (isObject(value)) open.push(...Object.values(value));
  }
  return login;
}
