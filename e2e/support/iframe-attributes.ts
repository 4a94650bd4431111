import type { Trick } from './card-groups.ts';
import { VISA } from './cards.ts';

/** `works`: all digits taken, and a token. `refuses`: no input. `no token`: inputs, and a typed error. */
export type Outcome = 'works' | 'refuses' | 'no token' | 'takes nothing';
/** One attribute and what comes of it. */
export type Case = Trick & { readonly outcome: Outcome; readonly firefox?: Outcome };

/** A trick that sets one attribute. */
export const set = (name: string, value = '') =>
  `frame.setAttribute('${name}', ${JSON.stringify(value)});`;
const FAVOURS = 'camera *; microphone *; clipboard-read *; payment *; publickey-credentials-get *';

export const CORE: readonly Case[] = [
  { name: 'nothing', outcome: 'works' },
  { name: 'sandbox: scripts', before: set('sandbox', 'allow-scripts'), outcome: 'refuses' },
  { name: 'csp', before: set('csp', "script-src 'none'"), outcome: 'refuses', firefox: 'works' },
  { name: 'srcdoc', before: set('srcdoc', '<p>mine</p>'), outcome: 'refuses' },
  { name: 'name', before: set('name', `{"number":"${VISA.number}"}`), outcome: 'works' },
  { name: '1x1', before: `frame.style.cssText = 'width:1px;height:1px';`, outcome: 'works' },
];

export const MORE: readonly Case[] = [
  { name: 'nothing', outcome: 'works' },
  { name: 'no sandbox', before: `frame.removeAttribute('sandbox');`, outcome: 'works' },
  { name: 'sandbox: origin', before: set('sandbox', 'allow-same-origin'), outcome: 'refuses' },
  { name: 'sandbox: all', before: set('sandbox'), outcome: 'refuses' },
  { name: 'credentialless', before: set('credentialless'), outcome: 'works' },
  {
    name: 'sandbox: everything allowed',
    before: set(
      'sandbox',
      'allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation allow-modals allow-downloads',
    ),
    outcome: 'works',
  },
  {
    name: 'sandbox: no forms',
    before: set('sandbox', 'allow-scripts allow-same-origin'),
    outcome: 'works',
  },
  { name: 'csp: wide', before: set('csp', 'script-src *'), outcome: 'refuses', firefox: 'works' },
  {
    name: 'csp: breaks the header',
    before: set('csp', "default-src 'none'; sandbox allow-scripts"),
    outcome: 'refuses',
    firefox: 'works',
  },
  { name: 'allow: all', before: set('allow', FAVOURS), outcome: 'works' },
  { name: 'allow: none', before: set('allow', ''), outcome: 'works' },
  { name: 'loading=lazy', before: set('loading', 'lazy'), outcome: 'works' },
  { name: 'referrerpolicy', before: set('referrerpolicy', 'unsafe-url'), outcome: 'works' },
  // Firefox tells such a frame nothing of its ancestors; without knowing them it does not run.
  {
    name: 'no referrer',
    before: set('referrerpolicy', 'no-referrer'),
    outcome: 'works',
    firefox: 'refuses',
  },
  { name: '0x0', before: `frame.style.cssText = 'width:0;height:0';`, outcome: 'works' },
  {
    name: 'the controller without sandbox',
    to: 'controller',
    before: `frame.removeAttribute('sandbox');`,
    outcome: 'works',
  },
  {
    name: 'the controller sandboxed: scripts',
    to: 'controller',
    before: set('sandbox', 'allow-scripts'),
    outcome: 'no token',
  },
  {
    name: 'the controller sandboxed: all',
    to: 'controller',
    before: set('sandbox'),
    outcome: 'no token',
  },
  {
    name: 'the controller with csp',
    to: 'controller',
    before: set('csp', "connect-src 'none'"),
    outcome: 'no token',
    firefox: 'works',
  },
  {
    name: 'the controller credentialless',
    to: 'controller',
    before: set('credentialless'),
    outcome: 'works',
  },
  {
    name: 'the controller without a name',
    to: 'controller',
    before: `frame.removeAttribute('name');`,
    outcome: 'no token',
  },
  {
    name: 'the controller not displayed',
    to: 'controller',
    before: `frame.style.display = 'none';`,
    outcome: 'works',
  },
  {
    name: 'the controller with srcdoc',
    to: 'controller',
    before: set('srcdoc', '<p>mine</p>'),
    outcome: 'no token',
  },
  {
    name: "the controller's name on the field",
    before: `frame.name = 'hushfield-' + sid;`,
    outcome: 'no token',
  },
];
