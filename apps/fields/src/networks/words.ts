/** What stands before the networks of a card, in every language that frames speak. */
const PAY_WITH: ReadonlyMap<string, string> = new Map([
  ['en', 'Pay with'],
  ['de', 'Zahlen mit'],
  ['fr', 'Payer avec'],
  ['es', 'Pagar con'],
  ['it', 'Paga con'],
  ['pt-BR', 'Pagar com'],
  ['nl', 'Betalen met'],
  ['pl', 'Płatność przez'],
  ['ja', '支払いブランド'],
  ['zh-CN', '支付网络'],
  ['ar', 'الدفع عبر'],
  ['he', 'תשלום עם'],
]);

/** @param locale - that the words of the element are of. */
export function payWith(locale: string): string {
  return PAY_WITH.get(locale) ?? 'Pay with';
}
