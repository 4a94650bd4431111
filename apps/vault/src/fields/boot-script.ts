const HTML_UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * The data block of a frame document. Escaped so that no value can end the element or begin another:
 * these characters only ever stand inside JSON strings, where `\u` means the same.
 */
export function bootScript(boot: object): string {
  const json = JSON.stringify(boot).replace(
    HTML_UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `<script type="application/json" id="boot">${json}</script>`;
}
