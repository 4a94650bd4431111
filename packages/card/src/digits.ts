// Zeros of the scripts a phone keyboard may give: ASCII, Arabic-Indic, extended Arabic-Indic
// (Persian, Urdu), Devanagari, full-width. All ten digits follow each zero, one UTF-16 unit each.
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0xff10];

/** Writes digits of the supported scripts in ASCII and leaves all else, and every offset, alone. */
export function asciiDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹०-९０-９]/g, (char) => {
    const unit = char.charCodeAt(0);
    return String(unit - (ZEROS.find((zero) => unit >= zero && unit < zero + 10) ?? unit));
  });
}

/**
 * The ASCII digits of a text, at most `max` of them. Arabic-Indic (both sets), Devanagari and
 * full-width digits are mapped; everything else is dropped.
 *
 * @example digitsOf('４２42-٤٢') // '424242'
 */
export function digitsOf(text: string, max = Number.POSITIVE_INFINITY): string {
  return asciiDigits(text).replace(/\D/g, '').slice(0, max);
}
