/*
 * The checkout's own script: mounts the card fields, trades what they hold for a token, and hands
 * the token to the shop's backend. It never holds a digit of a card.
 */

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
function find(selector, kind) {
  const element = document.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`${selector} is missing`);
  return element;
}

const form = find('#checkout', HTMLFormElement);
const pay = find('#pay', HTMLButtonElement);
const payLabel = find('#pay .label', HTMLElement);
const email = find('#email', HTMLInputElement);
const alertBox = find('.alert', HTMLElement);
const problem = find('#problem', HTMLElement);
const again = find('#again', HTMLButtonElement);
const payText = payLabel.textContent;

/** @type {() => void} */
let onAgain = () => {};
let busy = false;
/**
 * A token the backend has not confirmed yet. The fields are empty by then, so a retry must not ask
 * for the card again. @type {string | undefined}
 */
let unconfirmed;
/** In the place of the page's own session, when that has run out. @type {string | undefined} */
let renewed;

again.addEventListener('click', () => onAgain());

/** @param {boolean} on */
function setBusy(on) {
  busy = on;
  // Not `disabled`: that would drop the keyboard's focus on the floor.
  pay.setAttribute('aria-disabled', String(on));
  pay.setAttribute('aria-busy', String(on));
  pay.classList.toggle('busy', on);
  payLabel.textContent = on ? 'Paying…' : payText;
}

/**
 * @param {string} message
 * @param {(() => void)=} retry
 */
function showProblem(message, retry) {
  problem.textContent = message;
  alertBox.classList.toggle('shown', message !== '');
  again.hidden = retry === undefined;
  onAgain = retry ?? (() => {});
}

const clearProblem = () => showProblem('');

/** Mounts what this page has boxes for; `at` gives the element that holds a field. */
function mountFields() {
  const start = window.Hushfield;
  if (!start) throw new Error('the payment script is missing');
  const { key = '', session } = form.dataset;
  // The fields speak as the page around them does, and not as the browser.
  const { lang: locale } = document.documentElement;
  // What did not load is said here once, however many fields there are.
  const elements = start(key).elements({
    locale,
    fallback: false,
    ...(session ? { session } : {}),
  });
  const payment = find('.payment', HTMLElement);
  const places = new Map();
  const mount = (type, container, fields) => {
    const element = elements.create(type, type === 'card' ? { fields } : {});
    for (const field of fields) places.set(field, { field, element });
    element.on('loaderror', ({ error }) => {
      failed.add(element);
      showProblem(error.message, reloadFailed);
    });
    element.on('change', (state) => {
      if (state.empty) return;
      unconfirmed = undefined;
      if (!busy) clearProblem();
    });
    // `loaderror` has told the shopper already.
    element.mount(container).catch(() => {});
  };
  if (payment.classList.contains('separate')) {
    mount('cardNumber', '#card-number', ['number']);
    mount('cardExpiry', '#card-expiry', ['expiry']);
    mount('cardCvc', '#card-cvc', ['cvc']);
  } else {
    const name = payment.classList.contains('with-name');
    mount('card', '#card', ['number', 'expiry', 'cvc', ...(name ? ['name'] : [])]);
  }
  return { elements, at: (field) => places.get(field) };
}

const failed = new Set();

function reloadFailed() {
  clearProblem();
  for (const element of failed) element.retry().catch(() => {});
  failed.clear();
}

const DECLINES = new Map([
  ['insufficient_funds', 'There is not enough money on this card. Nothing was charged.'],
  ['expired_card', 'This card has expired. Nothing was charged.'],
  ['not_a_test_card', 'This demo takes published test cards alone. Nothing was charged.'],
]);
const DECLINED = 'Your card was declined. Nothing was charged.';

/**
 * What became of an order, and what is said of it where the page stays.
 * @typedef {{ placed: true } | { placed: false, says: string, spent: boolean }} Ordered
 */

/** @type {Ordered} One token is one order at the backend, so this promise holds. */
const UNCONFIRMED = {
  placed: false,
  says: 'The order could not be confirmed. Trying again will not pay twice.',
  spent: false,
};

/**
 * @param {number} status
 * @param {{ error?: string, code?: string }} answer
 * @returns {Ordered}
 */
function refusalOf(status, { error, code = '' }) {
  if (status === 402) {
    const says = DECLINES.get(code) ?? DECLINED;
    return { placed: false, says: `${says} You can try another card.`, spent: true };
  }
  if (error === 'card_is_gone') {
    const says = 'Please type your card again. Nothing was charged.';
    return { placed: false, says, spent: true };
  }
  if (error === 'not_charged') {
    const says = 'The payment could not be made just now. Nothing was charged.';
    return { placed: false, says, spent: false };
  }
  return UNCONFIRMED;
}

/**
 * @param {string} token
 * @returns {Promise<Ordered>}
 */
async function order(token) {
  const body = { token, ...(email.value === '' ? {} : { email: email.value }) };
  try {
    const response = await fetch('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) return refusalOf(response.status, answer);
    location.assign(answer.order.url);
    return { placed: true };
  } catch {
    return UNCONFIRMED;
  }
}

/** A session for a page that had none, or was open for longer than that lasts. */
async function nextSession() {
  try {
    const response = await fetch('/session', { method: 'POST' });
    const answer = await response.json();
    return response.ok ? answer.session : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What was typed stays, so that a shopper who took their time notices nothing.
 * @param {ReturnType<typeof mountFields>['elements']} elements
 */
async function tokenize(elements) {
  const first = await elements.tokenize(renewed ? { session: renewed } : {});
  if (!['session_expired', 'invalid_session'].includes(first.error?.code ?? '')) return first;
  renewed = await nextSession();
  return renewed ? elements.tokenize({ session: renewed }) : first;
}

/** @param {ReturnType<typeof mountFields>} fields */
function takePayments({ elements, at }) {
  const explain = (error) => {
    const place = error.type === 'validation_error' ? at(error.field) : undefined;
    if (!place) return showProblem(error.message, () => form.requestSubmit());
    // The field shows what it found wrong by itself; what only the vault could know is told to it.
    place.element.setError(place.field, error.message);
    place.element.focus(place.field);
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    clearProblem();
    if (unconfirmed === undefined) {
      const { token, error } = await tokenize(elements);
      if (error) {
        setBusy(false);
        return explain(error);
      }
      unconfirmed = token.id;
    }
    const ordered = await order(unconfirmed);
    if (ordered.placed) return;
    setBusy(false);
    // Of a card that was refused, nothing more can come: the next is typed into the empty fields.
    if (ordered.spent) {
      unconfirmed = undefined;
      showProblem(ordered.says);
      at('number')?.element.focus('number');
      return;
    }
    showProblem(ordered.says, () => form.requestSubmit());
  });
}

// A page that comes back from the back-forward cache stands where it was left: mid-payment.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  unconfirmed = undefined;
  setBusy(false);
  clearProblem();
});

try {
  takePayments(mountFields());
} catch {
  form.addEventListener('submit', (event) => event.preventDefault());
  showProblem('The card fields could not be loaded.', () => location.reload());
}
