import { attack, edit, type Mutant, unit } from './mutant.ts';

const STATE = 'apps/fields/src/field/field-state.ts';
const GUARD = 'apps/fields/src/field/focus-guard.ts';
const INPUT = 'apps/fields/src/field/field-input.tsx';
const SHOWN = 'apps/fields/src/reveal/shown-state.ts';
const HARDEN = 'apps/fields/src/boot/harden.ts';

/** What a field does with what it holds and with what the page asks of it. */
export const FRAMES: readonly Mutant[] = [
  {
    name: 'style: any text as a colour',
    edits: [
      edit(
        'packages/contract/src/appearance/appearance.ts',
        '.check(z.regex(/^#([0-9a-fA-F]{3,4}|([0-9a-fA-F]{2}){3,4})$/))',
        '',
      ),
    ],
    attacks: [
      attack('hostile-options', 'refuses hostile strings wherever'),
      attack('hostile-style', 'hostile styles and options'),
    ],
  },
  {
    name: 'options: any text as a locale',
    edits: [
      edit(
        'packages/contract/src/frame/field-options.ts',
        '.check(z.regex(/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}$|^auto$/))',
        '',
      ),
    ],
    attacks: [
      attack('hostile-options', 'refuses hostile strings wherever'),
      attack('hostile-style', 'hostile styles and options'),
    ],
  },
  {
    name: 'texts: not cleaned',
    edits: [
      edit(
        'packages/contract/src/frame/page-text.ts',
        "text.normalize('NFC').replace(UNSAFE, '').trim()",
        'text',
      ),
    ],
    attacks: [attack('hostile-options', 'turns hostile texts')],
  },
  {
    name: 'validity: told while a number is typed',
    edits: [
      edit(
        STATE,
        'const told =\n      !this.#rules.isGuarded(name) ||',
        'const told =\n      name !== undefined ||',
      ),
    ],
    attacks: [attack('oracle', 'Maestro of 16 while it is typed, by elements')],
  },
  {
    name: 'tokenize: judges a number that is being typed',
    edits: [
      edit(
        STATE,
        'return Math.max(0, ...typed.map(restOf));',
        'return 0 * typed.map(restOf).length;',
      ),
    ],
    attacks: [attack('oracle', 'valid beginning, by elements')],
  },
  {
    name: 'validity: told when the page ends the typing',
    edits: [
      edit(
        STATE,
        'this.#settle(cell, meant ? 0 : restOf(cell));',
        'this.#settle(cell, meant ? 0 : 0);',
      ),
    ],
    attacks: [attack('oracle', 'takes its focus away, by card.blur')],
  },
  {
    name: 'focus: never taken back',
    edits: [edit(GUARD, 'if (sudden && !this.#isHonest())', 'if (!sudden && this.#isHonest())')],
    attacks: [attack('focus', 'a thief of one call at most one digit, after 2')],
  },
  {
    name: 'focus: never locks',
    edits: [edit(GUARD, 'if (this.#thefts === LIMIT) this.#guarded.lock();', '')],
    attacks: [attack('focus', 'locks against a thief')],
  },
  {
    name: 'input: its text can be dragged out',
    edits: [edit(INPUT, 'onDragStart={(event) => event.preventDefault()}', '')],
    attacks: [attack('dragging', 'no typed text be dragged')],
  },
  {
    name: 'input: a security code can be copied',
    edits: [
      edit(INPUT, '{...(uncopied ? noCopy : {})}', '{...(uncopied === false ? noCopy : {})}'),
    ],
    attacks: [attack('dragging', 'no security code on the clipboard')],
  },
  {
    name: 'reveal: what is shown can be dragged out',
    edits: [
      edit(
        'apps/fields/src/reveal/main.ts',
        "root.addEventListener('dragstart', (event) => event.preventDefault());",
        '',
      ),
    ],
    attacks: [attack('shown', 'lets nothing that it shows be dragged')],
  },
  {
    name: 'reveal: a bar comes with what is long',
    edits: [
      edit('apps/fields/src/reveal/reveal.css', '  scrollbar-width: none;\n', ''),
      edit('apps/fields/src/reveal/reveal.css', '.value::-webkit-scrollbar {', '.no {'),
    ],
    attacks: [attack('shown', 'tells by no size')],
  },
  {
    name: 'reveal: goes on after a sleep',
    edits: [edit(SHOWN, 'this.#look = setInterval(() => this.hideIfOver(), LOOK_MS);', '')],
    attacks: [unit('apps/fields/src/reveal/shown-state.test.ts')],
  },
  {
    name: 'texts: judged by any rule that the page names later',
    edits: [
      edit(
        'apps/fields/src/field/drawing.tsx',
        'return { ...wanted, element, policy, fields };',
        'return { ...wanted, element, policy: wanted.policy ?? policy, fields };',
      ),
    ],
    attacks: [{ file: 'e2e/journeys/secrets.spec.ts', title: 'judges a text by the rule' }],
  },
  {
    name: 'boot: prototypes not frozen',
    edits: [edit(HARDEN, 'Object.freeze(prototype);', '')],
    attacks: [unit('apps/fields/src/boot/harden.test.ts')],
  },
  {
    name: 'boot: WebRTC left in the frame',
    edits: [edit(HARDEN, 'Reflect.deleteProperty(globalThis, name);', 'void name;')],
    attacks: [attack('exits', 'cannot take WebRTC')],
  },
  {
    name: 'iframe: no sandbox',
    edits: [edit('packages/sdk/src/frame-element.ts', '    sandbox,\n    allow:', '    allow:')],
    attacks: [attack('exits', 'connect to nobody')],
  },
  {
    name: 'bin: of what is being edited',
    edits: [edit(STATE, '...(settled && cell?.settled && oneBin(', '...(cell && oneBin(')],
    attacks: [unit('apps/fields/src/field/field-state.test.ts')],
  },
  {
    name: 'bin: of whatever number stands there next',
    edits: [
      edit(
        'apps/fields/src/field/cell.ts',
        "return bin?.startsWith(cell.bin ?? '') && { bin };",
        'return bin && { bin };',
      ),
    ],
    attacks: [unit('apps/fields/src/field/field-state.test.ts')],
  },
  {
    name: 'bin: without the session that its key asks for',
    edits: [
      edit(
        'packages/contract/src/boot/bin-digits.ts',
        'return sessionRequired ? 0 : ofKey;',
        'return sessionRequired ? ofKey : ofKey;',
      ),
    ],
    attacks: [
      { file: 'e2e/journeys/bin.spec.ts', title: 'tells a page nothing without a session' },
    ],
  },
];
