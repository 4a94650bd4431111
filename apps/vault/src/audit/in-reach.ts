/*
 * SQL for what this vault reads of its log. A row that no reader could read would stop every round without ever
 * being a contradiction: what is beyond all sense is read as the nearest that makes some, and then is not what was
 * signed.
 */

/** No log grows as long, and a number still tells it from the next. */
export const MOST_ENTRIES = Number.MAX_SAFE_INTEGER;

/** A size as a number. Nothing is no size: `least` would make the largest of it, so ask for rows that are there. */
export const sizeIn = (column: string): string => `least(${column}, ${MOST_ENTRIES})`;

/** A moment that can be reckoned with: none is before all time, or never. The same holds of nothing. */
export const momentIn = (column: string): string =>
  `least(greatest(${column}, 'epoch'::timestamptz), '9999-01-01Z'::timestamptz)`;
