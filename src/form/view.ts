import { readJwk, thumbprint } from '../handoff/jwk.js';
import { typedIn } from './captured.js';
import type { FormMessages } from './messages.js';
import { type Asked, type FieldName, KINDS, type Settings } from './settings.js';

/** Makes an element: no markup is parsed, which Trusted Types would not let through. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name] ?? '');
  element.append(...children);
  return element;
}

/** A button that is none of a form. */
export function makeButton(text: string, part: string, act: () => void): HTMLButtonElement {
  const button = make('button', { type: 'button', part, class: part === 'button' ? 'main' : '' }, text);
  button.addEventListener('click', act);
  return button;
}

/** A field as it is shown. */
export interface FieldView {
  readonly name: FieldName;
  readonly isRequired: boolean;
  readonly node: HTMLElement;
  readonly input: HTMLInputElement;
  /** Where a hint stands: the code of a secret, Caps Lock. */
  readonly hint: HTMLElement;
  /** Says what is wrong; nothing if that is undefined. */
  complain(problem: string | undefined): void;
  /** Shows the value, or no longer. */
  reveal?(isShown: boolean): void;
}

/** What keeps browsers from offering, filling, saving and sending somewhere what is typed. */
const SILENT = {
  autocapitalize: 'off',
  autocorrect: 'off',
  spellcheck: 'false',
  writingsuggestions: 'false',
};

/** With `own-site` alone: what browsers may fill in and save, since it is the login of this very site. */
const OWN: Partial<Record<FieldName, string>> = { user_name: 'username', password: 'current-password' };

/** A field, empty. Inputs have no name, which form history would go by. */
export function makeField({ name, isRequired }: Asked, texts: FormMessages, isOwn: boolean): FieldView {
  const type = KINDS[name];
  const input = make('input', {
    ...SILENT,
    id: name,
    type,
    part: 'input',
    autocomplete: (isOwn && OWN[name]) || (type === 'password' ? 'one-time-code' : 'off'),
    'aria-describedby': `${name}-error ${name}-hint`,
    'aria-required': `${isRequired}`,
  });
  if (type === 'checkbox') {
    input.removeAttribute('aria-required');
    input.removeAttribute('autocomplete');
  }
  const error = make('p', { id: `${name}-error`, class: 'error', part: 'error' });
  const hint = make('p', { id: `${name}-hint`, class: name === 'tfa_secret' ? 'totp' : '', part: 'hint' });
  const label = make('label', { for: name, part: 'label' }, texts[name]);
  if (!isRequired && type !== 'checkbox') label.append(' ', make('span', {}, texts.optional));
  const row = make('div', { class: 'row' }, input);
  const node = make('div', { class: 'field', part: 'field' }, label, row);
  const complain = (problem: string | undefined) => {
    error.textContent = problem ?? '';
    if (problem === undefined) input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  };
  const view = { name, isRequired, node, input, hint, complain };
  if (type !== 'password') {
    node.append(error, hint);
    return view;
  }
  // A copy that is no input: a password field that turns into a text field is one to the browser, which keeps those.
  const shown = make('p', { class: 'shown', part: 'shown', dir: 'auto' });
  const button = makeButton(texts.show, 'show', () => reveal(!isShown));
  button.setAttribute('aria-controls', name);
  button.setAttribute('aria-pressed', 'false');
  let isShown = false;
  const reveal = (wanted: boolean) => {
    isShown = wanted;
    button.textContent = isShown ? texts.hide : texts.show;
    button.setAttribute('aria-pressed', `${isShown}`);
    shown.textContent = isShown ? typedIn(input) : '';
  };
  input.addEventListener('input', () => reveal(isShown));
  const capsLock = (event: KeyboardEvent | MouseEvent) => {
    hint.textContent = event.getModifierState?.('CapsLock') ? texts.capsLock : '';
  };
  input.addEventListener('keydown', capsLock);
  input.addEventListener('keyup', capsLock);
  row.append(button);
  node.append(shown, error, hint);
  return { ...view, reveal };
}

/** Says which key it is sealed to, by its thumbprint. */
export function makeKeyLine({ publicJwk }: Settings, texts: FormMessages): HTMLElement {
  const code = make('code');
  thumbprint(readJwk(publicJwk, 'public-key')).then((text) => {
    code.textContent = text;
  });
  return make('p', { class: 'key', part: 'key' }, `${texts.key} `, code);
}
