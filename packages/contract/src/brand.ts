import * as z from 'zod/mini';

/** Names a card brand may be told by. A closed list: a brand string can carry nothing else out. */
export const Brand = z.enum([
  'visa',
  'mastercard',
  'amex',
  'discover',
  'diners',
  'jcb',
  'unionpay',
  'maestro',
  'mir',
  'elo',
  'hiper',
  'hipercard',
  'rupay',
  'verve',
  'troy',
  'dankort',
  'uatp',
  'cartes_bancaires',
  'bancontact',
  'eftpos_australia',
  'cabal',
  'naranja',
  'unknown',
]);
export type Brand = z.infer<typeof Brand>;
