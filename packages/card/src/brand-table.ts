type Row = readonly [
  brand: string,
  label: string,
  lengths: string,
  ranges: string,
  codeLabel: 'CVC' | 'CVV' | 'CID' | 'CVN' | 'CVE' | 'CVP2',
  exceptions?: { gaps?: readonly number[]; codeLength?: 4; luhn?: false },
];

// Strings and not nested arrays: this table travels in the field frame, and strings pack tightest.
// Sources: the networks' public documents and ISO/IEC 7812. Where two publish the same digits:
// - 60 is RuPay but for 6011 (Discover); 50 is Maestro but for 508 (RuPay), 509 (Elo) and 5019
//   (Dankort). Those broad ranges are cut around their exceptions, so that an ambiguous "60" or
//   "50" shows no mark instead of a wrong one.
// - 8100-8171 is UnionPay, the rest of 81 RuPay.
// - 353 and 356 stay JCB: the co-badge with RuPay is decided per issuer, most of these are not.
// - 65 is Discover, including what Troy and RuPay issue there for use on Discover's network,
//   but for the ranges below.
// - 3800-3899 is Diners but for three Hipercard ranges, which are more specific.
// UnionPay and Naranja issue numbers without a Luhn digit.
// eftpos Australia has no ranges of its own to tell it by; only an issuer table can name it.
export const ROWS = [
  ['visa', 'Visa', '13 16 19', '4', 'CVV'],
  ['mastercard', 'Mastercard', '16', '51-55 2221-2720', 'CVC'],
  ['amex', 'American Express', '15', '34 37', 'CID', { gaps: [4, 10], codeLength: 4 }],
  ['discover', 'Discover', '16-19', '6011 644-649 65', 'CID'],
  ['diners', 'Diners Club', '14-19', '300-305 309 36 38 39', 'CVV', { gaps: [4, 10] }],
  ['jcb', 'JCB', '16-19', '3528-3589', 'CVV'],
  ['unionpay', 'UnionPay', '14-19', '62 8100-8171', 'CVN', { luhn: false }],
  ['maestro', 'Maestro', '12-19', '5000-5018 5020-5079 56-59 6304 639 67', 'CVC'],
  ['mir', 'Mir', '16-19', '2200-2204', 'CVP2'],
  [
    'elo',
    'Elo',
    '16',
    '401178-401179 431274 438935 451416 457393 457631-457632 504175 506699-506778 509 627780 636297 636368 650031-650033 650035-650051 650405-650439 650485-650538 650541-650598 650700-650718 650720-650727 650901-650978 651652-651679 655000-655019 655021-655058',
    'CVE',
  ],
  ['hiper', 'Hiper', '16', '637095 63737423 63743358 637568 637599 637609 637612', 'CVC'],
  ['hipercard', 'Hipercard', '16 19', '606282 384100 384140 384160', 'CVC'],
  ['rupay', 'RuPay', '16', '508 6000-6010 6012-6099 6521-6522 8172-8199 82', 'CVV'],
  ['verve', 'Verve', '16 18 19', '506099-506198 507865-507964 650002-650027', 'CVV'],
  ['troy', 'Troy', '16', '9792', 'CVV'],
  ['dankort', 'Dankort', '16', '5019', 'CVC'],
  ['uatp', 'UATP', '15', '1', 'CVV', { gaps: [4, 9] }],
  [
    'cartes_bancaires',
    'Cartes Bancaires',
    '16',
    '507589-507590 507593-507595 507597 560408 581752 585402-585405 585501-585505 585577-585582',
    'CVV',
  ],
  ['bancontact', 'Bancontact', '16-19', '6703', 'CVC'],
  ['eftpos_australia', 'eftpos', '16', '', 'CVC'],
  ['cabal', 'Cabal', '16', '589657 603522 604201-604400 650087 650272', 'CVC'],
  ['naranja', 'Naranja', '16', '589562', 'CVV', { luhn: false }],
  ['unknown', '', '12-19', '', 'CVC'],
] as const satisfies readonly Row[];

// Ranges whose cards carry a second mark, and that mark. The brand shown stays the row's above.
export const SECOND_MARKS = [
  ['4571', 'dankort'],
  ['6703', 'maestro'],
  ['622126-622925', 'discover'],
] as const;
