import * as z from 'zod/mini';
import { Sid } from './sid.ts';
import { Version } from './words.ts';

export const Connect = z.strictObject({ v: Version, type: z.literal('connect'), sid: Sid });
