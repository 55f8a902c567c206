import type { Issue } from '../errors.js';
import { typedIn } from './captured.js';
import type { FormMessages } from './messages.js';
import { type FieldView, make } from './view.js';
import type { Answer } from './work.js';

/** What the form does for {@link showCode}. */
export interface CodeSource {
  /** Makes the code of what stands in the field. */
  ask(): Promise<Answer | undefined>;
  /** Whether the form was begun anew meanwhile. */
  isOver(): boolean;
  complain(issues: readonly Issue[]): void;
}

/**
 * Shows the code of a secret below its field as long as there is one, and says what is wrong with it once it is all there.
 *
 * @returns what looks at the field once more: for a timer, since codes change, and for what was not typed.
 */
export function showCode(
  field: FieldView,
  texts: FormMessages,
  { ask, isOver, complain }: CodeSource,
): (isWhole: boolean) => Promise<void> {
  const code = make('code');
  const left = make('span');
  let looks = 0;
  async function look(isWhole: boolean): Promise<void> {
    const number = ++looks;
    // Not kept in a variable: it would be in memory as long as there is no answer.
    const answer = typedIn(field.input) === '' ? undefined : await ask();
    if (isOver() || number !== looks) return;
    if (answer && 'code' in answer) {
      code.textContent = answer.code;
      left.textContent = ` ${answer.secondsLeft} ${texts.secondsLeft}`;
      if (!code.isConnected) field.hint.replaceChildren(`${texts.code} `, code, left);
      field.complain(undefined);
    } else field.hint.replaceChildren();
    if (isWhole && answer && 'issues' in answer) complain(answer.issues);
  }
  field.input.addEventListener('input', ({ inputType = '' }: Event & { inputType?: string }) =>
    look(inputType.startsWith('insertFrom')),
  );
  field.input.addEventListener('change', () => look(true));
  return look;
}
