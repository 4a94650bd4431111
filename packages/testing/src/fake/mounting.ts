import type { Remote } from '@hushfield/bridge';
import type { Edit, EditKind } from '@hushfield/card';
import {
  type ElementState,
  type ElementType,
  type FieldName,
  FieldOptions,
  type fieldMethods,
  isShowing,
  PageText,
} from '@hushfield/contract/frame';
import { chooseLocale, type FieldTexts } from '@hushfield/contract/boot';
import { cardRules } from '../../../../apps/fields/src/field/card-rules.ts';
import type { Rules } from '../../../../apps/fields/src/field/rules.ts';
import { Networks } from '../../../../apps/fields/src/field/networks.ts';
import { FieldModel } from '../../../../apps/fields/src/field/field-state.ts';
import { ShownState } from '../../../../apps/fields/src/reveal/shown-state.ts';
import { type Policy, secretRules } from '../../../../apps/fields/src/secret/secret-rules.ts';
import { focusedIn } from '../../../../apps/fields/src/field/report.ts';
import { titleOf } from '../../../../apps/fields/src/field/texts.ts';
import { FIELD_TEXTS, SECRET_TEXTS } from '../../../../apps/fields/src/locales/index.ts';
import { deferred } from '../../../sdk/src/deferred.ts';
import { failure } from '../../../sdk/src/failures.ts';
import type { Group } from '../../../sdk/src/group.ts';
import type { Mounting as RealMounting, MountingEvents, Told } from '../../../sdk/src/mounting.ts';
import { signIn } from './dom.ts';
import { type Stage, stageOf } from './stage.ts';

type Queued = Exclude<Told, { type: 'change' | 'focus' | 'blur' }>;

/** As a vault does that a grant says nothing else to. */
const SHOWN_SECONDS = 60;

/** Only a vault knows what a policy asks for: a fake takes any text under any name. */
function anyText(name: string | undefined): Policy | undefined {
  return name === undefined ? name : { name, alphabet: 'text', minLength: 1, maxLength: 100 };
}

/** In the place of the SDK's `mounting.ts`: a field's model without its frame. */
export class Mounting implements Pick<RealMounting, keyof RealMounting> {
  readonly container: Element;
  readonly #networks = new Networks(
    () => this.#options.preferredNetworks,
    () => true,
  );
  readonly #isCard: boolean;
  readonly #rules: Rules;
  readonly model: FieldModel;
  /** Of an element that shows something, in the place of what is typed. */
  readonly #shown: ShownState | undefined;
  readonly #stage: Stage;
  readonly #sign: ChildNode;
  readonly #events: MountingEvents;
  readonly #ready = deferred<void>();
  #options: FieldOptions;
  #told: ElementState;
  #remote: Remote<typeof fieldMethods> | undefined;
  #open = true;

  constructor(container: Element, { sid }: Group, options: FieldOptions, events: MountingEvents) {
    this.container = container;
    this.#stage = stageOf(sid);
    this.#events = events;
    this.#options = FieldOptions.parse(options);
    // Which brands a session takes only a vault knows: a fake takes all.
    this.#networks.allow(null);
    const rules = cardRules(this.#networks, () => this.#stage.plan.binDigits);
    this.#isCard = rules.names.includes(options.fields[0] ?? 'number');
    this.#rules = this.#isCard ? rules : secretRules(() => anyText(this.#options.policy));
    this.model = new FieldModel(
      this.#rules,
      () => Date.now() / 1000,
      (code) => this.#options.messages?.[code] || (this.#texts.messages[code] ?? ''),
    );
    this.#shown = isShowing(options.element) ? new ShownState(() => this.flush()) : undefined;
    this.#sign = signIn(container, options.element);
    this.#stage.mountings.add(this);
    this.#show(options);
    this.#told = this.#observe();
    // Not at once: a page that unmounts in the same turn has never been ready.
    void Promise.resolve().then(() => this.#load());
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get isConnected(): boolean {
    return this.#sign.isConnected;
  }

  get remote(): Remote<typeof fieldMethods> | undefined {
    return this.#remote;
  }

  get element(): ElementType {
    return this.model.element;
  }

  configure(options: FieldOptions): void {
    this.#options = FieldOptions.parse(options);
    this.#show(options);
    this.flush();
  }

  focusFrame(): void {}

  close(): void {
    this.#open = false;
    this.#shown?.hide();
    this.#remote = undefined;
    this.#stage.mountings.delete(this);
    this.#sign.remove();
    this.#ready.reject(failure('aborted', 'unmounted'));
  }

  /** As the field's own script tells a page: what had focus, what has it, what changed, what else there is. */
  flush(...queue: Queued[]): void {
    if (!this.#remote) return;
    const before = this.#told;
    const state = this.#observe();
    this.#told = state;
    const left = focusedIn(before);
    const entered = focusedIn(state);
    if (left && left !== entered) this.#tell({ type: 'blur', field: left, state });
    if (entered && left !== entered) this.#tell({ type: 'focus', field: entered, state });
    this.#tell({ type: 'change', state });
    for (const event of queue) this.#tell(event);
  }

  /** Gives an input the page's focus. */
  enter(field: FieldName): void {
    if (this.#options.disabled) throw new Error(`The input "${field}" is disabled.`);
    for (const other of this.#stage.mountings) if (other !== this) other.leave();
    this.#move(field);
    this.flush();
  }

  /** Takes it away, as a key does that leaves: nothing is waited for. */
  leave(): void {
    this.#move(undefined);
    this.flush();
  }

  /** Types key by key over what stood there; when an input is full, the rest goes into the next. */
  type(field: FieldName, text: string): void {
    this.enter(field);
    let into = field;
    let before: Edit = { text: '', caret: 0 };
    for (const [index, key] of [...text].entries()) {
      before = this.#edit(into, before, key, 'insert');
      // Nobody types so fast that a page is told of the whole text alone.
      if (index === 0) this.flush();
      const next = this.#after(into);
      if (!next) continue;
      this.#move(next);
      into = next;
      const there = this.model.text(next);
      before = { text: there, caret: there.length };
    }
    if (text === '') this.model.edit(field, '');
    this.flush();
  }

  /** Puts a text into an input as a browser does that fills a form, without the rest a frame waits after that. */
  fill(field: FieldName, text: string): void {
    this.#edit(field, { text: '', caret: 0 }, text, 'replace');
    this.model.finish(field);
    this.flush({ type: 'autofill', field });
  }

  /** Chooses a network of those that are offered for the number. */
  choose(network: string): void {
    const offered = this.#networks.offered(this.model.observe().networks);
    if (!offered.some((each) => each === network))
      throw new Error(
        `There is no choice of "${network}"; offered are: ${offered.join(', ') || 'none'}.`,
      );
    this.model.pick('number', network);
    this.flush();
  }

  /** Shows something, of which a fake knows nothing but that it is there. */
  reveal(): void {
    this.#shown?.show({ lines: [], seconds: SHOWN_SECONDS });
  }

  async #load(): Promise<void> {
    if (!this.#open) return;
    const code = this.#stage.plan.mountFailures.shift();
    if (code !== undefined) {
      const error = failure(code as Parameters<typeof failure>[0]);
      this.#ready.reject(error);
      return this.#events.onFail(error);
    }
    this.#remote = this.#serve();
    this.#ready.resolve();
    this.#events.onReady();
  }

  #serve(): Remote<typeof fieldMethods> {
    const { model } = this;
    const done = async (act: () => void): Promise<undefined> => {
      act();
      this.flush();
      return undefined;
    };
    return {
      configure: async () => ({ height: 0, title: titleOf(this.#options, this.#texts) }),
      focus: async ({ field = model.fields[0] }) => {
        if (field) this.enter(field);
        return true;
      },
      blur: () => done(() => this.leave()),
      clear: ({ field }) =>
        done(() => {
          this.#shown?.hide();
          model.clear(field ? [field] : undefined);
        }),
      setError: ({ field, message }) => done(() => model.note(field, PageText.parse(message))),
      join: async () => true,
    };
  }

  /** The words of the very frames. */
  get #texts(): FieldTexts {
    const { locale } = this.#options;
    const wishes = locale === 'auto' ? (globalThis.navigator?.languages ?? []) : [locale];
    const all = this.#isCard ? FIELD_TEXTS : SECRET_TEXTS;
    const texts = all[chooseLocale(Object.keys(all), wishes)];
    if (!texts) throw new Error('there is no English');
    return texts;
  }

  #observe(): ElementState {
    return this.#shown?.observe(this.#options.element) ?? this.model.observe();
  }

  #show({ element, fields }: FieldOptions): void {
    this.model.show(element, [...new Set(fields)]);
  }

  #edit(field: FieldName, before: Edit, added: string, kind: EditKind): Edit {
    const text = before.text + added;
    const { text: texts } = this.model;
    const edit = this.#rules.format(field, { text, caret: text.length }, kind, before, texts);
    this.model.edit(field, edit.text);
    return edit;
  }

  /** Where typing goes on from an input that is full. */
  #after(field: FieldName): FieldName | undefined {
    const { fields } = this.model;
    return this.model.isFull(field) ? fields[fields.indexOf(field) + 1] : undefined;
  }

  #move(field: FieldName | undefined): void {
    const { model } = this;
    const from = model.fields.find((name) => model.isFocused(name));
    if (from === field) return;
    if (from) model.leave(from, true);
    if (field) model.focus(field);
  }

  #tell(event: Told): void {
    if (this.#open) this.#events.onEvent(event);
  }
}
