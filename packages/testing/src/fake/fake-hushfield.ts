import type {
  ElementsOptions,
  FieldName,
  HushfieldElements,
  HushfieldOptions,
  Network,
} from '@hushfield/sdk';
import { ERROR_CODES } from '@hushfield/contract/errors';
import { Elements } from '../../../sdk/src/elements.ts';
import { failure } from '../../../sdk/src/failures.ts';
import { refuseUnknown } from '../../../sdk/src/options.ts';
import type { Mounting } from './mounting.ts';
import { Plan, setStage, Stage } from './stage.ts';
import { type FakeHushfield, MOUNT_FAILURES, type TypedCard } from './types.ts';

const NO_KEY = `pk_test_${'0'.repeat(46)}`;
const ORIGIN = 'https://fields.fake.invalid';
const KNOWN = ['fieldsOrigin', 'locale'];

/**
 * A fake of the SDK: the same types, options, errors and events in the same order, with no frame, no
 * network and no vault. Cards are judged by the rules of the real fields and of a vault in test mode.
 *
 * @throws Error for a live key: a fake must not be taken for the real one.
 * @throws HushfieldError `invalid_option` for what is no publishable key.
 *
 * @example
 * const fake = fakeHushfield();
 * const elements = fake.elements();
 * await elements.create('card').mount('#card');
 * await fake.fillCard(cards.visa);
 * const { token } = await elements.tokenize();
 */
export function fakeHushfield(
  publishableKey: string = NO_KEY,
  options: HushfieldOptions = {},
): FakeHushfield {
  const [, mode] = /^pk_(live|test)_/.exec(publishableKey) ?? [];
  if (mode === 'live') {
    throw new Error('A fake takes no live key: nothing that it answers is real.');
  }
  // Any that begins like one of a sandbox; what the real SDK would never take, a secret key above all, neither does this.
  if (mode !== 'test') throw failure('invalid_option', 'publishable key');
  refuseUnknown(options, KNOWN);
  return Object.freeze(new Fake(publishableKey, options));
}

class Fake implements FakeHushfield {
  readonly isFake = true;
  readonly #key: string;
  readonly #options: HushfieldOptions;
  readonly #plan = new Plan();
  readonly #stages: Stage[] = [];

  constructor(key: string, options: HushfieldOptions) {
    this.#key = key;
    this.#options = options;
    // A page may take the method off, as it may with the real one.
    this.elements = this.elements.bind(this);
  }

  get calls() {
    return this.#plan.calls;
  }

  elements(own: ElementsOptions = {}): HushfieldElements {
    const { fieldsOrigin = ORIGIN, locale } = this.#options;
    const given = locale === undefined ? own : { locale, ...own };
    const elements = new Elements(fieldsOrigin, this.#key, given);
    const stage = new Stage(this.#plan);
    this.#stages.push(stage);
    setStage(elements.sid, stage);
    return elements;
  }

  async type(field: FieldName, text: string): Promise<void> {
    this.#holder(field).type(field, text);
  }

  async fillCard(card: TypedCard): Promise<void> {
    for (const [field, text] of partsOf(card)) await this.type(field, text);
  }

  async autofill(card: TypedCard): Promise<void> {
    for (const [field, text] of partsOf(card)) this.#holder(field).fill(field, text);
  }

  async press(field: FieldName, key: 'Enter' | 'Escape'): Promise<void> {
    const mounting = this.#holder(field);
    mounting.enter(field);
    if (key === 'Enter') mounting.model.finish(field);
    mounting.flush({ type: key === 'Enter' ? 'submit' : 'escape', field });
  }

  async chooseNetwork(network: Network): Promise<void> {
    this.#holder('number').choose(network);
  }

  showBin(digits: 0 | 6 | 8): void {
    if (![0, 6, 8].includes(digits)) throw new Error(`No key shows ${digits} digits of a BIN.`);
    this.#plan.binDigits = digits;
    for (const mounting of this.#mounted()) mounting.flush();
  }

  async focus(field: FieldName): Promise<void> {
    this.#holder(field).enter(field);
  }

  async blur(): Promise<void> {
    for (const mounting of this.#mounted()) mounting.leave();
  }

  async warn(field: FieldName, code: 'focus_lost' | 'obscured'): Promise<void> {
    const mounting = this.#holder(field);
    if (code === 'focus_lost') mounting.model.lock();
    mounting.flush({ type: 'warning', code });
  }

  failNext(code: string, failure: { field?: FieldName; requestId?: string } = {}): void {
    if (!ERROR_CODES.some((known) => known === code))
      throw new Error(`There is no code "${code}".`);
    this.#plan.failures.push({ code, ...failure });
  }

  failNextMount(code: string): void {
    if (!MOUNT_FAILURES.some((known) => known === code))
      throw new Error(`No mount fails with "${code}".`);
    this.#plan.mountFailures.push(code);
  }

  hold(): () => void {
    let release = () => {};
    this.#plan.held = new Promise<void>((resolve) => {
      release = resolve;
    });
    return release;
  }

  #mounted(): Mounting[] {
    return this.#stages.flatMap(({ mountings }) => [...mountings]);
  }

  /** The element mounted last that has the input and can be typed into. */
  #holder(field: FieldName): Mounting {
    const has = ({ model, remote }: Mounting) => remote && model.fields.includes(field);
    const holder = this.#mounted().findLast(has);
    if (holder) return holder;
    const there = this.#mounted().flatMap(({ model }) => model.fields);
    throw new Error(
      there.length === 0
        ? `There is no input "${field}": no element is mounted.`
        : `There is no input "${field}" that is ready; mounted are: ${there.join(', ')}.`,
    );
  }
}

function partsOf(card: TypedCard): [FieldName, string][] {
  const order = ['number', 'expiry', 'cvc', 'name', 'postalCode'] as const;
  return order.flatMap((field): [FieldName, string][] => {
    const text = card[field];
    return text === undefined ? [] : [[field, text]];
  });
}
