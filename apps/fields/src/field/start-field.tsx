import { acceptParent, sendEvents, serve } from '@hushfield/bridge';
import type { FieldBoot } from '@hushfield/contract/boot';
import {
  FieldEvent,
  type FieldName,
  type FieldOptions,
  fieldMethods,
} from '@hushfield/contract/frame';
import type * as z from 'zod/mini';
import { serverClock } from '../boot/clock.ts';
import { joining } from '../boot/joining.ts';
import { showRefusal } from '../boot/may-run.ts';
import { heightOf, openDocument } from '../boot/open-document.ts';
import { drawing, type Scene, type Warning } from './drawing.tsx';
import { fieldApi, servesValues } from './field-api.ts';
import type { InputEvents, Kit } from './field-input.tsx';
import { FieldModel } from './field-state.ts';
import { FocusGuard } from './focus-guard.ts';
import { Reporter } from './report.ts';
import type { Rules } from './rules.ts';
import { watchVisibility } from './watch-visibility.ts';
import { Words } from './words.ts';

/** What makes a document one of a card, or of other secrets. */
export type DocumentKind<B extends FieldBoot> = {
  readonly boot: z.ZodMiniType<B>;
  /** @param shown - what the page has asked for last. */
  kit(boot: B, shown: () => FieldOptions | undefined): Kit;
};

/** Values do not outlive the visit: a page kept in the back-forward cache must not keep a card. */
function forgetOnLeave(model: FieldModel): void {
  addEventListener('pagehide', () => model.clear());
  addEventListener('pageshow', (event) => {
    if (event.persisted) model.clear();
  });
}

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
  const { boot, scheme, meeting } = openDocument(kind.boot);
  const root = document.getElementById('root') as HTMLElement;
  const words = new Words(boot.texts);
  // The model asks what is shown before there is a scene to show it in.
  let scene: Scene | undefined = undefined;
  const shown = (): FieldOptions | undefined => scene?.options;
  const kit = kind.kit(boot, shown);
  const model = new FieldModel(
    kit.rules,
    serverClock(boot.now),
    (code) => shown()?.messages?.[code] || words.texts.messages[code] || '',
  );
  const reporter = new Reporter(model);
  const warn = (code: Warning) => reporter.tell({ type: 'warning', code });
  const events = guarded(model, reporter, kit.rules);
  scene = { root, scheme, kit, model, words, events, warn };
  const draw = drawing(scene);
  forgetOnLeave(model);
  kit.tend?.(model, () => warn('networks_failed'));
  watchVisibility(root, () => warn('obscured'));

  const link = await acceptParent(meeting);
  reporter.connect(sendEvents(link.events, FieldEvent));
  const join = joining(boot.key, meeting.sid, model, servesValues(model, kit));
  serve({ port: link.calls, contract: fieldMethods, handlers: fieldApi(model, draw, join) });
  new ResizeObserver(() => {
    if (shown()) reporter.tell({ type: 'resize', height: heightOf(root) });
  }).observe(root);
}

/** Starts a document. One that cannot start shows nothing to type into; the page learns it by its deadline. */
export function startField<B extends FieldBoot>(kind: DocumentKind<B>): void {
  start(kind).catch(showRefusal);
}
