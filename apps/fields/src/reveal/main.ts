import '../boot/zod-setup.ts';
import '../boot/harden.ts';
import '../field/field.css';
import './reveal.css';
import { acceptParent, type Handlers, sendEvents, serve } from '@hushfield/bridge';
import { RevealBoot } from '@hushfield/contract/boot';
import { FieldEvent, type FieldOptions, fieldMethods } from '@hushfield/contract/frame';
import { shownMethods } from '@hushfield/contract/sibling';
import { joining } from '../boot/joining.ts';
import { showRefusal } from '../boot/may-run.ts';
import { openDocument } from '../boot/open-document.ts';
import { applyAppearance, looksOf } from '../field/apply-appearance.ts';
import { Words } from '../field/words.ts';
import { RevealView } from './reveal-view.ts';

/** What the page may ask, as of any element; there is nothing to type into, and nothing to set an error at. */
function apiOf(
  view: RevealView,
  configure: Handlers<typeof fieldMethods>['configure'],
  join: () => Promise<boolean>,
): Handlers<typeof fieldMethods> {
  return {
    configure,
    focus() {
      view.focus();
      return document.hasFocus();
    },
    blur: () => (document.activeElement as HTMLElement | null)?.blur(),
    clear: () => view.hide(),
    setError: () => {},
    join,
  };
}

async function start(): Promise<void> {
  const { boot, scheme, meeting } = openDocument(RevealBoot);
  const root = document.getElementById('root') as HTMLElement;
  const words = new Words(boot.texts);
  const view = new RevealView(root, words);
  // Nothing outlives the visit, nor the time it was given while a machine slept.
  for (const event of ['pagehide', 'pageshow']) addEventListener(event, () => view.hide());
  document.addEventListener('visibilitychange', () => view.hideIfOver());
  // A drag would carry it into the page.
  root.addEventListener('dragstart', (event) => event.preventDefault());

  const link = await acceptParent(meeting);
  const send = sendEvents(link.events, FieldEvent);
  view.connect(send);
  type Warning = 'appearance_failed' | 'font_failed' | 'locale_failed';
  const warn = (code: Warning) => send({ type: 'warning', code });
  const configure = async (options: FieldOptions) => {
    const { appearance, locale } = options;
    // Of looks beyond the plain one it has the operator's fonts alone: there is no input for rules to speak of.
    const font = { theme: 'auto', variables: appearance.variables } as const;
    const [looks, texts] = await Promise.all([looksOf(font, warn), words.of(locale)]);
    if (looks === undefined) warn('appearance_failed');
    if (texts === undefined) warn('locale_failed');
    else words.texts = texts;
    applyAppearance(appearance, scheme, looks ?? '');
    return view.draw(options);
  };
  // The controller alone says what is shown.
  const join = joining(boot.key, meeting.sid, view, (port) =>
    serve({ port, contract: shownMethods, handlers: { show: (shown) => view.show(shown) } }),
  );
  serve({ port: link.calls, contract: fieldMethods, handlers: apiOf(view, configure, join) });
}

// One that cannot start shows nothing; the page learns it by its deadline.
start().catch(showRefusal);
