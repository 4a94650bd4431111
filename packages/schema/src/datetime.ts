import { need, type Schema, schema } from './schema.ts';

const INSTANT = /^\d{4}(-\d\d){2}T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?Z$/;

const datetime = (): Schema =>
  schema((value) => {
    need(typeof value === 'string' && INSTANT.test(value));
    const day = value.slice(0, 10);
    // Engines disagree whether 30 February is an error or 2 March; neither writes back what it read.
    need(new Date(day).toJSON()?.startsWith(day));
    return value;
  });

/** `iso.datetime()`: an RFC 3339 instant in UTC; seconds and `Z` required, any fraction, a day that exists. */
export const iso = { datetime };
