import { asciiBytes } from '../encoding/ascii.ts';

/** HPKE `info`. A constant: all that varies is bound by the AAD, which the vault rebuilds itself. */
export const SEAL_INFO = asciiBytes('hushfield/v1/seal');

/** HPKE exporter context of the key that seals the reply. */
export const REPLY_CONTEXT = asciiBytes('hushfield/v1/reply');
