import { Refusal } from './refusal.ts';

type Nested = { [name: string]: string | Nested };

const NAME = /^([a-z_]{1,40})(?:\[([a-z_]{1,40})\])?$/;

/**
 * Reads `amount=1&card[number]=…`, one level deep.
 *
 * @throws Refusal for a name that is no such, or comes twice.
 */
export function readForm(text: string): Nested {
  const form: Nested = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const [, outer, inner] = NAME.exec(name) ?? [];
    if (outer === undefined) throw unreadable();
    const place = inner === undefined ? form : placeIn(form, outer);
    const last = inner ?? outer;
    if (Object.hasOwn(place, last)) throw unreadable();
    place[last] = value;
  }
  return form;
}

function placeIn(form: Nested, outer: string): Nested {
  const place = Object.hasOwn(form, outer) ? form[outer] : Object.create(null);
  if (typeof place !== 'object') throw unreadable();
  form[outer] = place;
  return place;
}

const unreadable = () => new Refusal(400, 'bad_request', 'The form is not one of this interface.');
