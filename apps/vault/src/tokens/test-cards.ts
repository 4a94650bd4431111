/*
 * Published test cards, by their first 8 digits. Test mode takes any valid number that begins like
 * one of these (so that canaries and pairs can be made) and nothing else: a real card must never
 * come to rest in a sandbox.
 */
const TEST_PREFIXES: ReadonlySet<string> = new Set([
  // Visa
  ...[
    '42424242',
    '40000000',
    '40000025',
    '40000027',
    '40000566',
    '41111111',
    '40128888',
    '40055192',
    '42222222',
    '45320000',
    '49176100',
    '44440000',
  ],
  // Mastercard
  ...[
    '55555555',
    '51051051',
    '52008282',
    '22230031',
    '22230000',
    '54545454',
    '55550000',
    '51951951',
  ],
  // American Express
  ...['37828224', '37144963', '37873449', '34000000', '37000000'],
  // Discover, Diners Club, JCB, UnionPay
  ...[
    '60111111',
    '60110009',
    '60119811',
    '36227206',
    '30569300',
    '30569309',
    '38520000',
    '36000000',
    '35660020',
    '35301113',
    '35300000',
    '62000000',
    '62055000',
    '62055500',
    '62026740',
    '62200000',
  ],
  // Co-badged: Cartes Bancaires, Dankort, Bancontact, eftpos Australia
  ...[
    '40000025',
    '55552500',
    '40000500',
    '50196500',
    '50195555',
    '45710000',
    '67030000',
    '67034444',
    '40000360',
    '55550360',
  ],
  // Maestro, Mir, Elo, Hipercard, RuPay, Verve, Troy, UATP, Cabal, Naranja
  ...[
    '67610000',
    '67999990',
    '63040000',
    '67599999',
    '22000000',
    '22001111',
    '63630000',
    '50666999',
    '63636800',
    '60628200',
    '60628288',
    '50850000',
    '60850000',
    '60820000',
    '50610000',
    '50610544',
    '97920000',
    '97926666',
    '13541000',
    '10000000',
    '60427600',
    '58956200',
  ],
]);

/** Whether a number begins like a published test card. */
export function isTestCard(number: string): boolean {
  return TEST_PREFIXES.has(number.slice(0, 8));
}
