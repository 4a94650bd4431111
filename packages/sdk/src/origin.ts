/** The origin of a web address, or undefined (`URL.canParse` is younger than the browser floor). */
export function webOrigin(text: string): string | undefined {
  try {
    const { protocol, origin } = new URL(text);
    return /^https?:$/.test(protocol) ? origin : undefined;
  } catch {
    return undefined;
  }
}
