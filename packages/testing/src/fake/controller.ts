import { BridgeError } from '@hushfield/bridge';
import {
  type ErrorCode,
  ErrorCodeSchema,
  type ErrorShape,
  errorOf,
} from '@hushfield/contract/errors';
import {
  type CollectCodeResult,
  type FieldName,
  isShowing,
  type RevealResult,
  type TokenizeResult,
} from '@hushfield/contract/frame';
import { type Collected, siblingMethods } from '@hushfield/contract/sibling';
import type { Controller as RealController, Turn } from '../../../sdk/src/controller.ts';
import type { Group } from '../../../sdk/src/group.ts';
import type { ElementType } from '../../../sdk/src/types.ts';
import { merged } from '../../../../apps/fields/src/controller/to-plaintext.ts';
import type { Mounting } from './mounting.ts';
import { type Stage, stageOf } from './stage.ts';
import { makeToken, takeCode, useGrant } from './vault.ts';

type Result = TokenizeResult | CollectCodeResult | RevealResult;
type Refusal = { readonly ok: false; readonly error: ErrorShape };

/** In the place of the SDK's `controller.ts`: collects from the models and asks a vault that is none. */
export class Controller implements Pick<RealController, keyof RealController> {
  readonly #stage: Stage;
  #open = true;
  #current = new AbortController();

  constructor({ sid }: Group, onReady: () => void) {
    this.#stage = stageOf(sid);
    void Promise.resolve().then(() => this.#open && onReady());
  }

  get isConnected(): boolean {
    return this.#open;
  }

  async tokenize(elements: ElementType[], turn: Turn): Promise<Result> {
    const { plan } = this.#stage;
    this.#current = new AbortController();
    const { signal } = this.#current;
    await turn.join();
    plan.calls.push({ session: turn.session, token: turn.token, grant: turn.grant });
    await plan.held;
    if (!this.#open) throw new BridgeError('closed');
    if (signal.aborted || turn.signal.aborted) return refuse('aborted');
    const there = [...this.#stage.mountings].filter(({ element }) => elements.includes(element));
    if (turn.grant !== undefined) return this.#reveal(there, turn.grant);
    const asked = there.filter(({ element }) => !isShowing(element));
    const only = turn.token === undefined ? undefined : 'cvc';
    const result = this.#answer(asked, turn.token, only);
    if (result.ok) forget(asked, only);
    else reject(asked, result.error);
    return result;
  }

  #reveal(there: Mounting[], grant: string): RevealResult {
    const places = there.filter(({ element }) => isShowing(element));
    // Before it is used up for nobody.
    if (places.length === 0) return refuse('element_not_found');
    const failure = this.#stage.plan.failures.shift();
    if (failure) return refuse(ErrorCodeSchema.parse(failure.code), failure);
    const result = useGrant(this.#stage.plan.usedGrants, grant);
    if (result.ok) for (const place of places) place.reveal();
    return result;
  }

  abort(): void {
    this.#current.abort();
  }

  close(): void {
    this.#open = false;
  }

  #answer(asked: Mounting[], token: string | undefined, only: FieldName | undefined): Result {
    const parts = asked.map((mounting) => collect(mounting, only));
    const [error] = parts.flatMap(({ errors }) => errors);
    if (error) return refuse(error.code, error);
    const failure = this.#stage.plan.failures.shift();
    if (failure) return refuse(ErrorCodeSchema.parse(failure.code), failure);
    const collected = merged(parts);
    if ('code' in collected) return { ok: false, error: collected };
    if (token !== undefined) return takeCode(token, collected.cvc);
    return makeToken(collected, this.#stage.plan.binDigits);
  }
}

function collect({ model }: Mounting, only: FieldName | undefined): Collected {
  const asked = model.fields.filter((name) => !only || name === only);
  const collected = model.collected(asked);
  if (collected.errors.length > 0) model.check(asked);
  return collected;
}

function forget(asked: readonly Mounting[], only: FieldName | undefined): void {
  for (const mounting of asked) {
    mounting.model.clear(only && [only]);
    mounting.flush();
  }
}

function reject(asked: readonly Mounting[], error: ErrorShape): void {
  const parsed = siblingMethods.reject.args.safeParse([{ field: error.field, code: error.code }]);
  for (const mounting of asked) {
    if (parsed.success) mounting.model.reject(parsed.data[0].field, parsed.data[0].code);
    mounting.flush();
  }
}

function refuse(code: ErrorCode, detail: { field?: string; requestId?: string } = {}): Refusal {
  return { ok: false, error: errorOf(code, detail) };
}
