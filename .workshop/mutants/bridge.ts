import { attack, edit, type Mutant, unit } from './mutant.ts';

const REQUEST = 'packages/bridge/src/wire/request.ts';
const CALLEE = 'packages/bridge/src/callee-endpoint.ts';
const PARENT = 'packages/bridge/src/accept-parent.ts';
const CHILD = 'packages/bridge/src/connect-child.ts';
const SIBLINGS = 'packages/bridge/src/accept-siblings.ts';
const PORTS = unit('packages/bridge/src/ports.test.ts');

const OWN_NAME = edit(
  CALLEE,
  '!request?.success || !Object.hasOwn(contract, request.data.path[0])',
  '!request?.success',
);

const EVENTS = 'packages/bridge/src/event-port.ts';
const UNPARSED_OUT = edit(
  EVENTS,
  'if (parsed.success) port.postMessage(parsed.data);',
  'port.postMessage(parsed.success ? parsed.data : event);',
);
const JOIN = attack('joins', 'lets a field join by session');
const RAW = attack('raw-messages', 'obeys no forged message');

/** The guard before Comlink, and who may meet whom. */
export const BRIDGE: readonly Mutant[] = [
  {
    name: 'guard: paths of any depth',
    edits: [
      edit(
        REQUEST,
        'path: z.tuple([z.string().check(z.maxLength(32))])',
        'path: z.array(z.string())',
      ),
    ],
    attacks: [RAW, PORTS],
  },
  { name: 'guard: names that are not its own', edits: [OWN_NAME], attacks: [RAW, PORTS] },
  {
    name: 'guard: an object with a prototype',
    edits: [
      OWN_NAME,
      edit(
        CALLEE,
        'const api: Record<string, unknown> = Object.create(null);',
        'const api: Record<string, unknown> = {};',
      ),
    ],
    attacks: [RAW],
  },
  {
    name: 'guard: errors as they are',
    edits: [
      edit(
        CALLEE,
        '} catch {\n    return internal;',
        '} catch (error) {\n    return { ok: true, value: error };',
      ),
    ],
    attacks: [PORTS],
  },
  {
    name: 'guard: results unchecked',
    edits: [
      edit(
        CALLEE,
        'method.result.safeParse(await handler(...parsed.data))',
        '{ success: true, data: await handler(...parsed.data) } as const',
      ),
    ],
    attacks: [PORTS],
  },
  {
    name: 'guard: arguments unchecked',
    edits: [
      edit(
        CALLEE,
        'const parsed = method.args.safeParse(args);',
        'const parsed = { success: true, data: args } as const;',
      ),
    ],
    attacks: [PORTS],
  },
  {
    name: 'guard: no budget of violations',
    edits: [edit(CALLEE, 'const VIOLATION_BUDGET = 32;', 'const VIOLATION_BUDGET = 1e9;')],
    attacks: [attack('flood', 'closes the port to a page'), PORTS],
  },
  {
    name: 'events: neither side parses them',
    edits: [
      UNPARSED_OUT,
      edit(EVENTS, 'if (parsed.success) handler(parsed.data);', 'handler(message.data);'),
    ],
    attacks: [PORTS],
  },
  {
    // The page reads the raw port, where nothing of ours parses for it.
    name: 'events: a leak leaves unparsed',
    edits: [
      UNPARSED_OUT,
      edit(
        'apps/fields/src/field/field-state.ts',
        'elementType: this.element,',
        "elementType: this.element, ...{ typed: this.text('number') },",
      ),
    ],
    attacks: [attack('differential', 'the same of two cards')],
  },
  {
    name: 'frame: connects to any window of the origin',
    edits: [edit(PARENT, 'event.source !== parent || !origins', '!origins')],
    attacks: [attack('uninvited', 'no window but its parent')],
  },
  {
    // Where the browser tells the parent's origin, the frame falls silent before it could be asked.
    name: 'frame: connects to any origin',
    edits: [
      edit(PARENT, ' || !origins.includes(event.origin)', ''),
      edit(PARENT, 'parent === undefined ? origins :', 'parent ? origins :'),
    ],
    attacks: [attack('uninvited', 'not registered')],
  },
  {
    name: 'frame: connects under any session',
    edits: [edit(PARENT, 'connect.data.sid !== sid || ', '')],
    attacks: [attack('handshake', 'one well-formed connect')],
  },
  {
    name: 'page: takes a hello from anyone',
    edits: [
      edit(
        CHILD,
        'if (event.source !== frame.contentWindow || event.origin !== origin) return;',
        '',
      ),
    ],
    attacks: [attack('handshake', 'takes no hello but its own')],
  },
  {
    name: 'controller: joins any origin',
    edits: [edit(SIBLINGS, 'if (event.origin !== location.origin) return;', '')],
    attacks: [JOIN],
  },
  {
    name: 'controller: joins frames of another parent',
    edits: [edit(SIBLINGS, ' || source.parent !== window.parent', '')],
    attacks: [JOIN],
  },
  {
    name: 'controller: joins another session',
    edits: [edit(SIBLINGS, ' || sid !== options.sid', '')],
    attacks: [JOIN],
  },
  {
    name: 'controller: joins under another key',
    edits: [edit(SIBLINGS, 'key !== options.key || ', '')],
    attacks: [JOIN],
  },
  {
    name: 'controller: lets a name be taken twice',
    edits: [
      edit(SIBLINGS, 'if (held && held.source !== source && !held.source.closed) return;', ''),
    ],
    attacks: [JOIN],
  },
];
