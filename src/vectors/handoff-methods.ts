import type { HandoffPrivateKeys } from '../handoff/index.js';
import { openHandoffAt } from '../handoff/open-handoff.js';
import type { Method } from './method.js';

/** Hand-off tokens. The casts are safe: what is of another type is refused by what it is handed to. */
export const handoffMethods: Readonly<Record<string, Method>> = {
  openHandoff: {
    given: ['token', 'privateKeys', 'now', 'maxAge', 'audience'],
    expected: ['entry'],
    details: ['issues'],
    answer: async ({ token, privateKeys, now, maxAge, audience }) => ({
      entry: await openHandoffAt(1000 * (now as number), token as string, privateKeys as HandoffPrivateKeys, {
        maxAge: maxAge as number,
        audience: audience as string | undefined,
      }),
    }),
  },
};
