import type { Credentials, DestinationRecord, ForwardField } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import { partOf } from './parts-of.ts';
import type { BodyPlan } from './plan-body.ts';
import { type Steps, stepsOf } from './pointer.ts';
import type { Opened } from './read-tokens.ts';
import type { Found } from './walk-body.ts';
import { writeForm, writeJson } from './write-body.ts';

type Injected = DestinationRecord['inject']['headers'][string];

const TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
} as const;

/** The value of everything that is injected. */
function textOf(injected: Injected, credentials: Credentials): string {
  if ('value' in injected) return injected.value;
  return `${injected.prefix ?? ''}${credentials[injected.credential] ?? ''}`;
}

/** The header lines: ours, those of the record, and those of the caller that were let pass. */
export function writeHeaders(
  { inject, format }: DestinationRecord,
  credentials: Credentials,
  own: ReadonlyMap<string, string>,
  hasBody: boolean,
): [string, string][] {
  const set = Object.entries(inject.headers).map(([name, each]): [string, string] => [
    name,
    textOf(each, credentials),
  ]);
  const type: [string, string][] = hasBody ? [['content-type', TYPES[format]]] : [];
  return [['accept', 'application/json'], ['user-agent', 'hushfield'], ...type, ...set, ...own];
}

/** A part of a token, and where it was put. */
export type Sent = { readonly field: ForwardField; readonly text: string; readonly steps: Steps };

export type WrittenBody = {
  readonly bytes: Buffer;
  /** All that was sent of cards, to be looked for in the answer. */
  readonly sent: readonly Sent[];
};

/**
 * The body with what its placeholders stand for, in the destination's format.
 *
 * @param body - nothing where the caller has sent none and nothing is put in.
 * @throws VaultError `invalid_request` for a part that its token has not.
 */
export function writeBody(
  body: Readonly<Record<string, unknown>> | undefined,
  { leaves }: BodyPlan,
  { inject, format }: DestinationRecord,
  credentials: Credentials,
  opened: ReadonlyMap<string, Opened>,
): WrittenBody | undefined {
  const put = Object.entries(inject.body).map(([place, each]): Found => {
    return { steps: stepsOf(place), value: textOf(each, credentials) };
  });
  if (body === undefined && put.length === 0) return undefined;
  const sent: Sent[] = [];
  const values = leaves.map(({ steps, value, part }): Found => {
    if (part === undefined) return { steps, value };
    const token = opened.get(part.token);
    const text = token && partOf(token.kept, token.code, part.field);
    if (text === undefined)
      throw VaultError.because('invalid_request', 'token_part', { field: 'body' });
    sent.push({ field: part.field, text, steps });
    return { steps, value: text };
  });
  const all = [...values, ...put];
  return { bytes: format === 'json' ? writeJson(body ?? {}, all) : writeForm(all), sent };
}
