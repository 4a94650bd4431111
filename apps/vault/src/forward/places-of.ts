/**
 * Every place of one text in another, those that overlap too. Within a row of a text that repeats itself, such as
 * `11111111`, only what is new is compared: to compare it whole at each place would take its length as often as the
 * other text is long, which a gateway's answer must not be able to have us do.
 */
export function* placesOf(text: string, wanted: string): Generator<number> {
  const period = periodOf(wanted);
  const more = wanted.slice(wanted.length - period);
  let at = text.indexOf(wanted);
  while (at >= 0) {
    yield at;
    const goesOn = text.startsWith(more, at + wanted.length);
    // No two places are nearer to each other than the period.
    at = goesOn ? at + period : text.indexOf(wanted, at + period);
  }
}

/** After how many signs a text repeats itself, at the earliest (Knuth, Morris and Pratt's table). */
function periodOf(text: string): number {
  const edges = new Int32Array(text.length);
  let edge = 0;
  for (let at = 1; at < text.length; at++) {
    while (edge > 0 && text[at] !== text[edge]) edge = edges[edge - 1] ?? 0;
    if (text[at] === text[edge]) edge += 1;
    edges[at] = edge;
  }
  return Math.max(1, text.length - edge);
}
