import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** A body in the encodings we serve. */
export type Compressed = Readonly<Record<'br' | 'gzip' | 'identity', Buffer>>;
export type Encoding = keyof Compressed;

/** The best of ours that the caller names; a quality of zero refuses one, and we take no notice of others. */
export function encodingFor(accepted: string | undefined): Encoding {
  const named = (name: string) =>
    new RegExp(`(^|,)\\s*${name}\\s*(;\\s*q=(?!0(\\.0*)?\\s*(,|$))|,|$)`, 'i');
  const wanted = accepted ?? '';
  if (named('br').test(wanted)) return 'br';
  return named('gzip').test(wanted) ? 'gzip' : 'identity';
}

/** Once and for all, as well as it goes: for files that are read at start. */
export function compressed(body: Buffer): Compressed {
  return { br: brotli(body, 11), gzip: gzipSync(body, { level: 9 }), identity: body };
}

/**
 * For a document made on request. Only for one without secrets: the length of a compressed answer
 * tells whether two parts of it are alike (BREACH).
 */
export function compressNow(body: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(body);
  if (encoding === 'br') return brotli(bytes, 5);
  return encoding === 'gzip' ? gzipSync(bytes) : bytes;
}

function brotli(body: Buffer, quality: number): Buffer {
  return brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
}
