// Control characters, line ends, halves of characters and direction overrides: what moves the cursor, colours
// the screen, begins a line or turns letters around. A tenant's own label could else draw a key list of its own.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** One line for a screen; the escapes are JSON's, so that JSON stays what it says. */
export function printable(line: string): string {
  return line.replace(
    UNPRINTABLE,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for a text of lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
