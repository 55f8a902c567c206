import type { FormMessages } from './messages.js';
import type { Settings, Shut } from './settings.js';

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

/** What is said below the button; of a form that is shut, why. */
export function sentenceOf(state: State, texts: FormMessages, settings: Settings | Shut | undefined): string {
  if (state === 'open') return '';
  if (state === 'sending') return texts.sealing;
  if (state !== 'shut') return texts[state];
  return settings && 'reason' in settings ? texts[settings.reason] : '';
}
