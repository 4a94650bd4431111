import { type Card as TestCard, VISA } from './cards.ts';

/** What both the SDK and its fake are put through: something the page does, or a hand at its inputs. */
export type Hand = {
  type(field: keyof TestCard, text: string): Promise<void>;
  press(field: keyof TestCard, key: 'Enter' | 'Escape'): Promise<void>;
};

/** One step: an expression of the page's, or what the hand does. */
export type Step = { readonly name: string } & (
  | { readonly page: string }
  | { readonly hand: (hand: Hand) => Promise<void> }
);

const page = (expression: string): Step => ({ name: expression, page: expression });
const type = (field: keyof TestCard, text: string): Step => ({
  name: `types ${text} into ${field}`,
  hand: (hand) => hand.type(field, text),
});
const press = (field: keyof TestCard, key: 'Enter' | 'Escape'): Step => ({
  name: `presses ${key} in ${field}`,
  hand: (hand) => hand.press(field, key),
});

const lastYear = String((new Date().getUTCFullYear() - 1) % 100).padStart(2, '0');
const NOBODYS = `tok_test_${'a'.repeat(28)}`;
const TYPED = [type('number', VISA.number), type('expiry', VISA.expiry), type('cvc', VISA.cvc)];

/** A card in one element, from its first mount to its end. */
export const CARD: readonly Step[] = [
  page(`elements.create('card', { fields: ['pin'] })`),
  page(`elements.create('cheque')`),
  page(`hushfield.elements({ colour: 'red' })`),
  page(`elements.create('card', { fields: ['number', 'iban'] })`),
  page(`elements.create('card', { fields: 5 })`),
  page(`elements.create('card', { locale: 'english' })`),
  page(`elements.tokenize()`),
  page(
    `(card = watch(elements.create('card', { fields: ['number', 'expiry', 'cvc', 'name'] })), 0)`,
  ),
  page(`card.mount('#nowhere')`),
  page(`card.mount('#a')`),
  page(`card.mount('#a')`),
  page(`card.mount('#b')`),
  page(`elements.create('card')`),
  page(`elements.tokenize()`),
  type('number', '4242'),
  page(`card.blur()`),
  type('number', '4242424242424241'),
  type('number', VISA.number),
  type('expiry', `12${lastYear}`),
  type('expiry', '1330'),
  type('number', '4242 4242'),
  type('expiry', VISA.expiry),
  type('cvc', '12'),
  page(`card.blur()`),
  type('cvc', VISA.cvc),
  type('name', 'Ada'),
  page(`card.setError('number', 'Declined.')`),
  page(`card.setError('number', '')`),
  page(`card.setError('pin', 'Wrong.')`),
  page(`card.setError('number', 'x'.repeat(201))`),
  page(`card.setError('number')`),
  page(`card.clear('pin')`),
  page(`card.focus('pin')`),
  page(`card.update({ fields: ['number', 'expiry', 'cvc'] })`),
  page(`card.update({ fields: [] })`),
  press('cvc', 'Escape'),
  press('cvc', 'Enter'),
  page(`elements.tokenize({ signal: AbortSignal.abort() })`),
  page(`elements.tokenize({ session: 'x' })`),
  page(`elements.tokenize({ haste: true })`),
  page(`elements.tokenize()`),
  type('number', '4539578763621486'),
  type('expiry', VISA.expiry),
  type('cvc', VISA.cvc),
  page(`elements.tokenize()`),
  type('number', '378282246310005'),
  page(`elements.tokenize()`),
  page(`card.update({ preferredNetworks: ['maestro', 'dankort'] })`),
  type('number', '4571000000000001'),
  page(`elements.tokenize()`),
  type('cvc', '12'),
  page(`elements.tokenize({ token: '${NOBODYS}', fields: ['cvc'] })`),
  type('cvc', VISA.cvc),
  page(`elements.tokenize({ token: '${NOBODYS}', fields: ['cvc'] })`),
  page(`elements.tokenize({ token: '${NOBODYS}', fields: ['number'] })`),
  type('number', '4242'),
  page(`card.clear('number')`),
  page(`card.clear()`),
  page(`card.unmount()`),
  page(`card.mount('#b')`),
  ...TYPED,
  page(`card.retry()`),
  page(`document.querySelector('#b').replaceChildren()`),
  page(`elements.tokenize()`),
  page(`(card = watch(elements.create('card', { locale: '' })), card.mount('#b'))`),
  page(`card.destroy()`),
  page(`card.mount('#a')`),
  page(`card.focus()`),
  page(`elements.destroy()`),
];

/** The same card in three elements. */
export const SEPARATE: readonly Step[] = [
  page(`(number = watch(elements.create('cardNumber')), number.mount('#a'))`),
  page(`(expiry = watch(elements.create('cardExpiry')), expiry.mount('#b'))`),
  page(`(code = watch(elements.create('cardCvc')), code.mount('#c'))`),
  page(`elements.tokenize()`),
  type('number', '378282246310005'),
  type('expiry', VISA.expiry),
  type('cvc', VISA.cvc),
  page(`elements.tokenize()`),
  type('cvc', '1234'),
  page(`elements.tokenize()`),
  type('number', VISA.number),
  page(`code.unmount()`),
  type('expiry', VISA.expiry),
  page(`elements.tokenize()`),
  page(`expiry.unmount()`),
  type('number', VISA.number),
  page(`elements.tokenize()`),
  page(`elements.destroy()`),
];

/** An element that shows something, beside a card that is asked for; two grants, each good once. */
export const shownBy = (one: string, other: string): readonly Step[] => [
  page(`(card = watch(elements.create('card')), card.mount('#a'))`),
  page(`elements.reveal({ grant: '${one}' })`),
  page(`(shown = watch(elements.create('reveal')), shown.mount('#b'))`),
  page(`elements.reveal({ grant: 'gra_1' })`),
  page(`elements.tokenize()`),
  page(`elements.reveal({ grant: '${one}' })`),
  page(`elements.reveal({ grant: '${one}' })`),
  page(`shown.clear()`),
  page(`elements.reveal({ grant: '${other}' })`),
  ...TYPED,
  page(`elements.tokenize()`),
  page(`elements.destroy()`),
];
