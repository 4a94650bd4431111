import '../boot/zod-setup.ts';
import '../boot/harden.ts';
import '../field/field.css';
import './reveal.css';
import {
  acceptParent,
  type Handlers,
  joinSibling,
  refuseParent,
  sendEvents,
  serve,
} from '@hushfield/bridge';
import { RevealBoot } from '@hushfield/contract/boot';
import { FieldEvent, type FieldOptions, fieldMethods, GroupId } from '@hushfield/contract/frame';
import { shownMethods } from '@hushfield/contract/sibling';
import { PROTOCOL } from '@hushfield/contract/version';
import * as z from 'zod/mini';
import { reasonToRefuse, showRefusal } from '../boot/may-run.ts';
import { readBoot, readHash } from '../boot/read-boot.ts';
import { applyAppearance, applyScheme } from '../field/apply-appearance.ts';
import { Words } from '../field/words.ts';
import { RevealView } from './reveal-view.ts';

const Hash = z.strictObject({ sid: GroupId, scheme: z.enum(['light', 'dark']) });
const LOAD_MS = 10_000;
const JOIN_MS = 9_000;

/** Joins the controller, which alone may say what is shown. */
function joiner(key: string, sid: string, view: RevealView): () => Promise<boolean> {
  let leave = () => {};
  let attempt = new AbortController();
  return async () => {
    attempt.abort();
    attempt = new AbortController();
    const port = await joinSibling({
      frameName: `hushfield-${sid}`,
      join: { protocol: PROTOCOL, key, sid, member: view.element },
      timeoutMs: JOIN_MS,
      signal: attempt.signal,
    }).catch(() => undefined);
    if (!port) return false;
    leave();
    leave = serve({
      port,
      contract: shownMethods,
      handlers: { show: (shown) => view.show(shown) },
    });
    return true;
  };
}

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
  const boot = readBoot(RevealBoot);
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
  const view = new RevealView(root, words);
  // Nothing outlives the visit, nor the time it was given while a machine slept.
  for (const event of ['pagehide', 'pageshow']) addEventListener(event, () => view.hide());
  document.addEventListener('visibilitychange', () => view.hideIfOver());
  // A drag would carry it into the page.
  root.addEventListener('dragstart', (event) => event.preventDefault());

  const link = await acceptParent({ ...meeting, timeoutMs: LOAD_MS });
  const send = sendEvents(link.events, FieldEvent);
  view.connect(send);
  const configure = async (options: FieldOptions) => {
    const texts = await words.of(options.locale);
    if (texts === undefined) send({ type: 'warning', code: 'locale_failed' });
    else words.texts = texts;
    applyAppearance(options.appearance, scheme, '');
    return view.draw(options);
  };
  const api = apiOf(view, configure, joiner(boot.key, sid, view));
  serve({ port: link.calls, contract: fieldMethods, handlers: api });
}

// One that cannot start shows nothing; the page learns it by its deadline.
start().catch(showRefusal);
