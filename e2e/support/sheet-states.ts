type Made = readonly [type: string, options?: object];

/** A state that elements are shown in, brought about as a shopper would. */
export type Shown = {
  readonly name: string;
  /** The elements of one group. */
  readonly made: readonly Made[];
  /** What is typed into inputs, by their ids; a Tab leaves the last one. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly leaves?: boolean;
  /** How the network treats its frames. */
  readonly frames?: 'held' | 'refused';
  /** What a grant shows in it. */
  readonly granted?: 'plain' | 'masked';
  /** A hand presses its button. */
  readonly copied?: boolean;
};

const ALL = ['number', 'expiry', 'cvc', 'name', 'postalCode'];
const VISA = {
  number: '4242424242424242',
  expiry: '1230',
  cvc: '123',
  name: 'Zoë Ångström',
  postalCode: 'SW1A 1AA',
};
const WRONG = { ...VISA, number: '4242424242424241', expiry: '0120', postalCode: '8' };
const BANCONTACT = { number: '6703444444444449', expiry: '1230', cvc: '123' };
const RULE = { policy: 'national-id' };

const card = (options: object = {}): readonly Made[] => [['card', { fields: ALL, ...options }]];
const apart: readonly Made[] = [
  ['cardNumber'],
  ['cardExpiry'],
  ['cardCvc'],
  ['cardholderName'],
  ['postalCode'],
];
const showing: readonly Made[] = [['reveal'], ['copyButton']];
const wrong = { typed: WRONG, leaves: true };

/** Every state of a card. */
export const CARDS: readonly Shown[] = [
  { name: 'row, empty', made: card() },
  { name: 'row, left half way', made: card(), typed: { number: '55554' } },
  { name: 'row, complete', made: card(), typed: VISA, leaves: true },
  { name: 'row, wrong', made: card(), ...wrong },
  { name: 'column, complete', made: card({ layout: 'column' }), typed: VISA },
  { name: 'grid, wrong', made: card({ layout: 'grid' }), ...wrong },
  {
    name: 'row, two networks',
    made: card({ preferredNetworks: ['dankort'] }),
    typed: { ...VISA, number: '4571000000000001' },
    leaves: true,
  },
  {
    name: 'column, two networks, none preferred',
    made: card({ fields: ['number', 'expiry', 'cvc'], layout: 'column' }),
    typed: BANCONTACT,
    leaves: true,
  },
  { name: 'halved expiry, empty', made: card({ split: true }) },
  {
    name: 'halved expiry, wrong',
    made: card({ split: true }),
    typed: { number: VISA.number, expiry: '12', year: '20' },
    leaves: true,
  },
  { name: 'disabled', made: card({ disabled: true }) },
];

const OTHERS: readonly Shown[] = [
  { name: 'apart, empty', made: apart },
  { name: 'apart, wrong', made: apart, ...wrong },
  { name: 'IBAN, empty', made: [['iban']] },
  { name: 'IBAN, complete', made: [['iban']], typed: { iban: 'DE89370400440532013000' } },
  {
    name: 'IBAN, wrong',
    made: [['iban']],
    typed: { iban: 'DE88370400440532013000' },
    leaves: true,
  },
  { name: 'account, empty', made: [['accountNumber']] },
  {
    name: 'account, complete, column',
    made: [['accountNumber', { layout: 'column' }]],
    typed: { routingNumber: '110000000', accountNumber: '000123456789' },
  },
  {
    name: 'account, wrong',
    made: [['accountNumber']],
    typed: { routingNumber: '110000001' },
    leaves: true,
  },
  { name: 'text, empty', made: [['text', RULE]] },
  { name: 'text, complete', made: [['text', RULE]], typed: { text: 'K1-7734-9901' } },
  { name: 'text, wrong', made: [['text', RULE]], typed: { text: 'K1' }, leaves: true },
  { name: 'nothing shown yet', made: showing },
  { name: 'shown plain, and copied', made: showing, granted: 'plain', copied: true },
  { name: 'shown masked', made: showing, granted: 'masked' },
  { name: 'loading', made: card(), frames: 'held' },
  { name: 'loading, apart', made: [['accountNumber'], ['iban']], frames: 'held' },
  { name: 'did not load', made: card(), frames: 'refused' },
  { name: 'did not load, low', made: [['cardCvc']], frames: 'refused' },
  { name: 'focused', made: card() },
];

/** Every element and state of a sheet; the last of them keeps the focus. */
export const SHEET: readonly Shown[] = [...CARDS, ...OTHERS];
