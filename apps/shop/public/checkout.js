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
const againText = again.textContent;
let busy = false;
/**
 * The token of an order that is not settled. The fields are empty by then, so a retry must not ask for
 * the card again. `open` until the backend has said what became of it: it may have been charged, so
 * whatever is typed meanwhile, the next attempt asks for the same order, and no card is taken beside it.
 * @typedef {{ token: string, open: boolean }} Unsettled
 */
const KEPT = 'shop.open-order';
let unsettled = recall();
/** Where the order stands that was placed from here. @type {string | undefined} */
let placedAt;
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

/** An open order outlives the page in its tab, as a token may: it is no secret. @returns {Unsettled | undefined} */
function recall() {
  try {
    const token = sessionStorage.getItem(KEPT);
    return token ? { token, open: true } : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Unsettled=} next */
function settle(next) {
  unsettled = next;
  try {
    if (next?.open) sessionStorage.setItem(KEPT, next.token);
    else sessionStorage.removeItem(KEPT);
  } catch {
    // A browser without storage keeps it as long as the page.
  }
}

/**
 * @param {string} message
 * @param {(() => void)=} retry
 * @param {string=} label
 */
function showProblem(message, retry, label = againText) {
  problem.textContent = message;
  alertBox.classList.toggle('shown', message !== '');
  again.hidden = retry === undefined;
  again.textContent = label;
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
      // What is said of an open order stands until there is more to say.
      if (state.empty || busy || unsettled?.open) return;
      settle();
      clearProblem();
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
 * What became of an order, and what is said of it where the page stays: nothing was sent, so that the same
 * card may be tried again or another typed; it is over; or nobody knows, and it is asked for again.
 * @typedef {{ became: 'placed', url: string } | { became: 'unsent' | 'over' | 'open', says: string }} Ordered
 */

/** @type {Ordered & { became: 'open' }} One token is one order at the backend, so this promise holds. */
const OPEN = {
  became: 'open',
  says: 'Your order could not be confirmed yet. Trying again asks for the same order, and will not pay twice. No other card is taken until then.',
};

/**
 * @param {number} status
 * @param {{ error?: string, code?: string }} answer
 * @returns {Ordered}
 */
function refusalOf(status, { error, code = '' }) {
  if (status === 402) {
    const says = DECLINES.get(code) ?? DECLINED;
    return { became: 'over', says: `${says} You can try another card.` };
  }
  if (error === 'card_is_gone') {
    const says = 'Please type your card again. Nothing was charged.';
    return { became: 'over', says };
  }
  if (error === 'not_charged') {
    const says = 'The payment could not be made just now. Nothing was charged.';
    return { became: 'unsent', says };
  }
  if (error === 'bad_request') {
    const says = 'The shop does not understand the order. Please check your e-mail address.';
    return { became: 'open', says };
  }
  if (error === 'unknown_token') {
    const { total = '' } = form.dataset;
    const says = `You may have been charged, and that can no longer be found out here. Look in your bank’s statement for ${total} before you pay again.`;
    return { became: 'over', says };
  }
  return OPEN;
}

/** Longer than the backend asks. */
const PATIENCE_MS = 90_000;

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
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = await response.json();
    if (!response.ok) return refusalOf(response.status, answer);
    return { became: 'placed', url: answer.order.url };
  } catch {
    return OPEN;
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
    let token = unsettled?.token;
    if (token === undefined) {
      const made = await tokenize(elements);
      if (made.error) {
        setBusy(false);
        return explain(made.error);
      }
      token = made.token.id;
    }
    // From the moment it is asked for: a page that is left before the answer does not know it.
    settle({ token, open: true });
    placedAt = undefined;
    const ordered = await order(token);
    if (ordered.became === 'placed') {
      settle();
      placedAt = ordered.url;
      location.assign(placedAt);
      return;
    }
    setBusy(false);
    // Of a card that was refused, nothing more can come: the next is typed into the empty fields.
    if (ordered.became === 'over') {
      settle();
      showProblem(ordered.says);
      at('number')?.element.focus('number');
      return;
    }
    settle({ token, open: ordered.became === 'open' });
    showProblem(ordered.says, () => form.requestSubmit());
  });
  if (unsettled) showProblem(OPEN.says, () => form.requestSubmit());
}

// A page that comes back from the back-forward cache stands where it was left. What was under way then ends by itself.
addEventListener('pageshow', (event) => {
  if (!event.persisted || placedAt === undefined) return;
  const url = placedAt;
  setBusy(false);
  showProblem(
    'This order was placed. Paying here again places another.',
    () => location.assign(url),
    'See the order',
  );
});

try {
  takePayments(mountFields());
} catch {
  form.addEventListener('submit', (event) => event.preventDefault());
  showProblem('The card fields could not be loaded.', () => location.reload());
}
