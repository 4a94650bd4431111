const POLYNOMIAL = 0xedb88320; // reflected, as in zlib

/** CRC-32 of an ASCII text: catches a slip of copying before any lookup; it protects nothing. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
