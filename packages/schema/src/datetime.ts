import { need, type Schema, schema } from './schema.ts';

const INSTANT = /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d+)?Z$/;

const datetime = (): Schema =>
  schema((value) => {
    need(typeof value === 'string' && INSTANT.test(value));
    const second = value.slice(0, 19);
    // Engines disagree whether 30 February is an error or 2 March; neither writes back what it read.
    need(new Date(`${second}Z`).toJSON()?.startsWith(second));
    return value;
  });

/** `iso.datetime()`: an RFC 3339 instant in UTC; seconds and `Z` required, any fraction, a day that exists. */
export const iso = { datetime };
