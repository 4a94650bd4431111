import { chooseLocale } from '@hushfield/contract/boot';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';

const Query = z.object({ l: z.union([z.string(), z.array(z.string())]).optional() });
/** More than any browser sends. */
const MOST_WISHES = 16;
const TAG = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$/;

/**
 * The language of a document: what the page has asked for behind `?l=`, else what the browser prefers
 * (RFC 9110, 12.5.4). The page's word is a wish like any other: what is not spoken, or no tag, is English.
 */
export function localeOf({ query, headers }: FastifyRequest, known: readonly string[]): string {
  const { l: asked } = Query.parse(query);
  const wishes = asked === undefined ? preferred(headers['accept-language'] ?? '') : [asked].flat();
  return chooseLocale(
    known,
    wishes.filter((tag) => TAG.test(tag)),
  );
}

/** Best first; where two are as good, the one that comes first. */
function preferred(header: string): string[] {
  const wishes = header.split(',', MOST_WISHES).map((wish) => {
    const [tag = '', quality = 'q=1'] = wish.split(';').map((part) => part.trim());
    return { tag, weight: Number(/^q=([01](?:\.\d{0,3})?)$/.exec(quality)?.[1] ?? 0) };
  });
  return wishes
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
