/** What the halves of an expiry are called, in every language that frames speak. */
const HALVES: ReadonlyMap<string, readonly [month: string, year: string]> = new Map([
  ['en', ['Month', 'Year']],
  ['de', ['Monat', 'Jahr']],
  ['fr', ['Mois', 'Année']],
  ['es', ['Mes', 'Año']],
  ['it', ['Mese', 'Anno']],
  ['pt-BR', ['Mês', 'Ano']],
  ['nl', ['Maand', 'Jaar']],
  ['pl', ['Miesiąc', 'Rok']],
  ['ja', ['月', '年']],
  ['zh-CN', ['月', '年']],
  ['ar', ['الشهر', 'السنة']],
  ['he', ['חודש', 'שנה']],
]);

/** @param locale - that the words of the element are of. */
export function halvesIn(locale: string): readonly [month: string, year: string] {
  return HALVES.get(locale) ?? ['Month', 'Year'];
}
