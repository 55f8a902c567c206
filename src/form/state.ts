import type { FormMessages } from './messages.js';

/** `open` to type in, or what became of it. */
export type State = 'shut' | 'open' | 'sealing' | 'sealed' | 'sending' | 'sent' | 'unsent';

/** What the button says. */
export const BUTTON = {
  shut: 'seal',
  open: 'seal',
  sealing: 'sealing',
  sealed: 'again',
  sending: 'sealing',
  sent: 'again',
  unsent: 'sendAgain',
} as const satisfies Record<State, keyof FormMessages>;
