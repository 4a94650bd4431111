import { acceptParent, refuseParent, sendEvents, serve } from '@hushfield/bridge';
import type { FieldBoot } from '@hushfield/contract/boot';
import {
  FIELDS_OF,
  FieldEvent,
  type FieldName,
  type FieldOptions,
  fieldMethods,
  GroupId,
} from '@hushfield/contract/frame';
import { PROTOCOL } from '@hushfield/contract/version';
import { render } from 'preact';
import * as z from 'zod/mini';
import { serverClock } from '../boot/clock.ts';
import { reasonToRefuse, showRefusal } from '../boot/may-run.ts';
import { readBoot, readHash } from '../boot/read-boot.ts';
import { applyAppearance, applyScheme, looksOf } from './apply-appearance.ts';
import { type Drawn, fieldApi, joiner } from './field-api.ts';
import { FieldForm } from './field-form.tsx';
import type { InputEvents, Kit } from './field-input.tsx';
import { FieldModel } from './field-state.ts';
import { FocusGuard } from './focus-guard.ts';
import { Reporter } from './report.ts';
import type { Rules } from './rules.ts';
import { titleOf } from './texts.ts';
import { watchVisibility } from './watch-visibility.ts';
import { Words } from './words.ts';

/** What makes a document one of a card, or of other secrets. */
export type DocumentKind<B extends FieldBoot> = {
  readonly boot: z.ZodMiniType<B>;
  /** @param shown - what the page has asked for last. */
  kit(boot: B, shown: () => FieldOptions | undefined): Kit;
};

/*
 * The same for all fields of a page: V8 keeps compiled inline code by URL, fragment and all, and
 * three kinds of field with three fragments would be compiled three times.
 */
const Hash = z.strictObject({ sid: GroupId, scheme: z.enum(['light', 'dark']) });

const LOAD_MS = 10_000;

/** Values do not outlive the visit: a page kept in the back-forward cache must not keep a card. */
function forgetOnLeave(model: FieldModel): void {
  addEventListener('pagehide', () => model.clear());
  addEventListener('pageshow', (event) => {
    if (event.persisted) model.clear();
  });
}

function heightOf(root: HTMLElement): number {
  return Math.ceil(root.getBoundingClientRect().height);
}

/** What is asked for many times in one turn, done once at its end. */
function once(work: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      work();
    });
  };
}

type Warning = Extract<FieldEvent, { type: 'warning' }>['code'];
type Events = Omit<InputEvents, 'filled' | 'emptied'>;

/** Lets a guard watch over the inputs; what inputs then tell goes to it, the model and the page. */
function guarded(model: FieldModel, reporter: Reporter, rules: Rules): Events {
  const guard = new FocusGuard({
    signs: () => rules.signs(),
    isDone: () => model.isDone(),
    lock() {
      model.lock();
      reporter.tell({ type: 'warning', code: 'focus_lost' });
    },
  });
  guard.listen();
  return {
    typed: () => guard.onSign(),
    left: (field: FieldName) => model.leave(field, guard.isLeft),
    autofilled(field: FieldName) {
      model.filled(field);
      reporter.tell({ type: 'autofill', field });
    },
    pressed(field: FieldName, key: 'Enter' | 'Escape') {
      if (key === 'Enter') model.finish(field);
      reporter.tell({ type: key === 'Enter' ? 'submit' : 'escape', field });
    },
  };
}

async function start<B extends FieldBoot>(kind: DocumentKind<B>): Promise<void> {
  const boot = readBoot(kind.boot);
  const { sid, scheme } = readHash(Hash);
  applyScheme(scheme);
  const meeting = { origins: boot.origins, role: 'field', sid, version: PROTOCOL };
  const refusal = reasonToRefuse();
  if (refusal) {
    showRefusal();
    return refuseParent({ ...meeting, reason: refusal });
  }

  const root = document.getElementById('root') as HTMLElement;
  const words = new Words(boot.texts);
  let options: FieldOptions | undefined;
  const kit = kind.kit(boot, () => options);
  const { rules } = kit;
  const model = new FieldModel(
    rules,
    serverClock(boot.now),
    (code) => options?.messages?.[code] || words.texts.messages[code] || '',
  );
  const reporter = new Reporter(model);
  const warn = (code: Warning) => reporter.tell({ type: 'warning', code });
  const events = guarded(model, reporter, rules);
  // The whole element is drawn again whenever anything changes: it is a handful of nodes, and costs a
  // shopper less than the code that would draw a part of it.
  const paint = () => {
    if (!options) return;
    const { documentElement: html } = document;
    html.lang = words.texts.locale;
    html.dir = words.direction;
    // What a screen reader says on the way in: the frame's own name is not read by all of them.
    document.title = titleOf(options, words.texts);
    const shown = { kit, model, options, words, events };
    render(<FieldForm {...shown} />, root);
  };
  model.onChange(once(paint));
  const drawn = (shown: FieldOptions): Drawn => ({
    height: heightOf(root),
    title: titleOf(shown, words.texts),
  });
  let turn = 0;
  const draw = async (wanted: FieldOptions): Promise<Drawn> => {
    turn += 1;
    const own = turn;
    const { appearance, locale } = wanted;
    const isPrepared = kit.prepare?.(wanted).catch(() => warn('appearance_failed'));
    const [looks, texts] = await Promise.all([
      looksOf(appearance, () => warn('font_failed')),
      words.of(locale),
      isPrepared,
    ]);
    // A later wish that had to wait for less stands already, or will.
    if (own !== turn) return drawn(options ?? wanted);
    if (looks === undefined) warn('appearance_failed');
    if (texts === undefined) warn('locale_failed');
    else words.texts = texts;
    // What it was first, it stays, and so does the rule that it is judged by, or a page could try all of them on one
    // text; and only a card may choose its inputs.
    const { element, policy } = options ?? wanted;
    const chosen = element === 'card' ? wanted.fields : FIELDS_OF[element];
    const fields = chosen.filter((name, at) => chosen.indexOf(name) === at);
    // An input without rules would take anything, and tell nothing right of it.
    if (fields.some((name) => !rules.names.includes(name))) throw new TypeError('fields');
    model.show(element, fields);
    applyAppearance(appearance, scheme, looks ?? '');
    options = { ...wanted, element, policy, fields };
    paint();
    return drawn(options);
  };
  forgetOnLeave(model);
  kit.tend?.(model, () => warn('networks_failed'));
  watchVisibility(root, () => warn('obscured'));

  const link = await acceptParent({ ...meeting, timeoutMs: LOAD_MS });
  reporter.connect(sendEvents(link.events, FieldEvent));
  const api = fieldApi(model, draw, joiner(boot, sid, model, kit));
  serve({ port: link.calls, contract: fieldMethods, handlers: api });
  new ResizeObserver(() => {
    if (options) reporter.tell({ type: 'resize', height: heightOf(root) });
  }).observe(root);
}

/** Starts a document. One that cannot start shows nothing to type into; the page learns it by its deadline. */
export function startField<B extends FieldBoot>(kind: DocumentKind<B>): void {
  start(kind).catch(showRefusal);
}
