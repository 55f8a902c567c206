import type { Issue } from '../errors.js';
import { checkOptions } from '../handoff/format.js';
import { typedIn, typeInto } from './captured.js';
import { showCode } from './code-view.js';
import { english, type FormMessages } from './messages.js';
import { acceptDrops, makePictures, type Pictures } from './pictures.js';
import { ATTRIBUTES, readSettings, type Settings, type Shut } from './settings.js';
import { BUTTON, type State, sentenceOf } from './state.js';
import { dress } from './style.js';
import { type FieldView, make, makeButton, makeField, makeKeyLine } from './view.js';
import { type Place, Workplace } from './workplace.js';

/**
 * `<credseal-form>`: asks for credentials, and seals them in the page to the public key of a worker, as `sealHandoff`
 * does. Registered by importing `credseal/form`.
 *
 * Attributes: `public-key` (a JWK as JSON), `audience`, `expires-in` (seconds, by default 600), `domain` and `user-id`
 * (asked for where they are not given), `fields` (by default `user_name password tfa_secret?`), `action` (where the token
 * is posted to), `valid-until` (a time), `own-site` (the login is one of the page's own origin: browsers may fill and save it).
 *
 * Events: `sealed`, its detail `{ token }`; `problem`, its detail an array of issues without values. Inside a `<form>` with a
 * `name`, its value is the token. Afterwards the fields are empty.
 *
 * @example
 * const form = document.querySelector('credseal-form');
 * form.addEventListener('sealed', ({ detail }) => send(detail.token));
 */
export class CredsealForm extends (globalThis.HTMLElement ?? Object) {
  /** Takes part in forms. */
  static readonly formAssociated = true;
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  readonly #internals = this.attachInternals();
  readonly #root = this.attachShadow({ mode: 'open', delegatesFocus: true });
  readonly #leave = () => this.#restart();
  /** What the browser has kept of the page is begun anew, too. */
  readonly #return = ({ persisted }: PageTransitionEvent) => {
    if (persisted) this.#restart();
  };
  #texts: FormMessages = english;
  #settings: Settings | Shut | undefined;
  #workplace: Workplace | undefined;
  #state: State = 'shut';
  #fields: readonly FieldView[] = [];
  #main: HTMLButtonElement | undefined;
  #status: HTMLElement | undefined;
  #token = '';
  /** Counts what was begun anew: what an earlier turn has under way is dropped. */
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #pictures: Pictures | undefined;
  /** Where no text field has the focus, what is pasted reaches the document alone. */
  readonly #paste = (event: ClipboardEvent) => {
    if (this.matches(':focus-within') && this.#takes(event.clipboardData)) event.preventDefault();
  };

  /**
   * The texts that replace the English ones. To set them empties the fields.
   *
   * @throws CredsealError `ERR_HANDOFF` if there is no text of a name
   */
  set messages(texts: Partial<FormMessages>) {
    checkOptions(texts, Object.keys(english));
    this.#texts = { ...english, ...texts };
    if (this.#workplace) this.#restart();
  }
  get messages(): FormMessages {
    return this.#texts;
  }

  /** Where entries are sealed: in a worker, out of reach of the page's scripts, or among them where there can be none. */
  async sealsIn(): Promise<Place | undefined> {
    return this.#workplace?.place();
  }

  /** Called by the browser. */
  connectedCallback(): void {
    dress(this.#root);
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#return);
    document.addEventListener('paste', this.#paste);
    this.#restart();
  }

  /** Called by the browser. */
  disconnectedCallback(): void {
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#return);
    document.removeEventListener('paste', this.#paste);
    this.#empty();
    this.#root.replaceChildren();
    this.#workplace?.close();
    this.#workplace = undefined;
  }

  /** Called by the browser: whatever changed, what was typed was typed for something else. */
  attributeChangedCallback(): void {
    if (this.#workplace) this.#restart();
  }

  /** Called by the browser. */
  formResetCallback(): void {
    this.attributeChangedCallback();
  }

  /** Called by the browser: a token that it kept may have expired or been used. */
  formStateRestoreCallback(): void {
    this.#internals.setFormValue(null);
  }

  /** Begins anew: empty fields, no token, another worker. */
  #restart(): void {
    this.#token = '';
    this.#internals.setFormValue(null);
    this.#workplace?.close();
    this.#workplace = new Workplace();
    const settings = readSettings(this, Date.now());
    this.#settings = settings;
    this.#empty();
    this.#build(settings);
    this.#become('reason' in settings ? 'shut' : 'open');
    if ('reason' in settings) this.#tell('problem', [settings.issue]);
  }

  /** Takes all fields away: an input that is emptied gives back what stood in it by undo and redo. */
  #empty(): void {
    this.#turn += 1;
    clearInterval(this.#timer);
    this.#pictures?.stop();
    this.#pictures = undefined;
    for (const { input, node, reveal } of this.#fields) {
      reveal?.(false);
      input.value = '';
      node.remove();
    }
    this.#fields = [];
  }

  #build(settings: Settings | Shut): void {
    const texts = this.#texts;
    const status = make('p', { part: 'status', role: 'status' });
    this.#status = status;
    const title = make(
      'p',
      { id: 'title', class: 'title', part: 'title' },
      make('slot', { name: 'title' }, texts.title),
    );
    const isOwn = this.hasAttribute('own-site');
    const body: HTMLElement = make(
      isOwn ? 'form' : 'div',
      { part: 'form', role: 'group', 'aria-labelledby': 'title' },
      title,
    );
    if ('reason' in settings) body.append(status);
    else {
      this.#fields = settings.fields.map((asked) => makeField(asked, texts, isOwn));
      for (const field of this.#fields) {
        body.append(field.node);
        field.input.addEventListener('input', () => field.complain(undefined));
      }
      this.#watchSecret();
      this.#main = makeButton(texts.seal, 'button', () => this.#press());
      body.append(this.#main, status, makeKeyLine(settings, texts));
      // By hand: a form of its own would make the browser ask whether to save what is in it.
      body.addEventListener('keydown', (event: KeyboardEvent) => {
        if (event.key !== 'Enter' || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        this.#press();
      });
      acceptDrops(body, (data) => this.#takes(data));
    }
    this.#root.replaceChildren(body);
  }

  /** Shows the code of the secret, and lets it be read from a picture. */
  #watchSecret(): void {
    const field = this.#fields.find(({ name }) => name === 'tfa_secret');
    if (field === undefined) return;
    const turn = this.#turn;
    const look = showCode(field, this.#texts, {
      ask: async () => this.#workplace?.answer({ kind: 'code', text: typedIn(field.input) }),
      isOver: () => turn !== this.#turn,
      complain: (issues) => this.#complain(issues),
    });
    this.#timer = setInterval(() => look(false), 1000);
    const say = (sentence: string, isWrong: boolean) => {
      if (this.#status) this.#status.textContent = isWrong ? '' : sentence;
      field.complain((isWrong && sentence) || undefined);
    };
    this.#pictures = makePictures(this.#texts, say, (text) => {
      typeInto(field.input, text);
      say('', false);
      look(true);
    });
    field.node.append(this.#pictures.node);
  }

  #takes(data: DataTransfer | null): boolean {
    return this.#state === 'open' && this.#pictures?.take(data?.files) === true;
  }

  #press(): void {
    if (this.#state === 'open') this.#seal();
    else if (this.#state === 'unsent') this.#send();
    else if (this.#state === 'sealed' || this.#state === 'sent') {
      this.#restart();
      this.#fields[0]?.input.focus();
    }
  }

  async #seal(): Promise<void> {
    const settings = this.#settings;
    if (settings === undefined || 'reason' in settings) return;
    // A page that stays open all night is not let through in the morning.
    if ('reason' in readSettings(this, Date.now())) return this.#restart();
    const entry = { __proto__: null, ...settings.given } as unknown as Record<string, string | boolean>;
    const missing: Issue[] = [];
    for (const { name, input, isRequired, complain, reveal } of this.#fields) {
      complain(undefined);
      reveal?.(false);
      if (input.type === 'checkbox') entry[name] = input.checked;
      else if (typedIn(input) !== '') entry[name] = typedIn(input);
      else if (isRequired)
        missing.push({ path: name, rule: 'payload/missing-field', message: this.#texts.missing });
    }
    if (missing.length > 0) return this.#refuse(missing);
    this.#become('sealing');
    const turn = this.#turn;
    const answer = await this.#workplace?.answer({ kind: 'seal', entry, ...settings });
    // The person has left, or the key was changed meanwhile.
    if (turn !== this.#turn || answer === undefined || 'code' in answer) return;
    if ('issues' in answer) return this.#refuse(answer.issues);
    this.#empty();
    // All that it has in its memory goes with it.
    this.#workplace?.close();
    this.#token = answer.token;
    this.#internals.setFormValue(answer.token, '');
    this.#become('sealed');
    this.#main?.focus();
    this.#tell('sealed', { token: answer.token });
    if (this.hasAttribute('action')) await this.#send();
  }

  /** Posts the token, and the same again if it was not taken. */
  async #send(): Promise<void> {
    this.#become('sending');
    const turn = this.#turn;
    const isTaken = await fetch(this.getAttribute('action') ?? '', {
      method: 'POST',
      body: this.#token,
    }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (turn === this.#turn) this.#become(isTaken ? 'sent' : 'unsent');
  }

  #refuse(issues: readonly Issue[]): void {
    this.#become('open');
    this.#complain(issues)?.focus();
    this.#tell('problem', issues);
  }

  /** Says at each field what is wrong with it, and below all of them the rest; gives the first of these inputs. */
  #complain(issues: readonly Issue[]): HTMLInputElement | undefined {
    let first: HTMLInputElement | undefined;
    let others = '';
    for (const issue of issues) {
      const field = this.#fields.find(({ name }) => name === issue.path);
      const text = this.#texts.problem(issue);
      field?.complain(text);
      first ??= field?.input;
      if (field === undefined) others += `${text} `;
    }
    if (this.#status) this.#status.textContent = others || this.#texts.unfinished;
    return first;
  }

  #become(state: State): void {
    const { states } = this.#internals;
    states?.delete(this.#state);
    states?.add(state);
    this.#state = state;
    const isBusy = state === 'sealing' || state === 'sending';
    for (const { input } of this.#fields) input.disabled = isBusy;
    if (this.#main) {
      this.#main.setAttribute('aria-disabled', `${isBusy}`);
      this.#main.textContent = this.#texts[BUTTON[state]];
    }
    if (this.#status) this.#status.textContent = sentenceOf(state, this.#texts, this.#settings);
  }

  /** Told to who listens on the element; what is typed is in no event. */
  #tell(type: 'sealed' | 'problem', detail: { token: string } | readonly Issue[]): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
