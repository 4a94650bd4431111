/*
 * The order page's own script: shows what the vault tells the shop while the page is open.
 */

const EVERY_MS = 1_000;
const UNTIL_MS = 120_000;

const list = document.querySelector('#events');

/** @param {{ id: string, type: string, receivedAt: string }} event */
function show({ id, type, receivedAt }) {
  const row = document.createElement('li');
  row.dataset['id'] = id;
  const name = document.createElement('code');
  name.textContent = type;
  const time = document.createElement('time');
  time.dateTime = receivedAt;
  time.textContent = `${receivedAt.slice(11, 19)} UTC`;
  row.append(name, time);
  list?.append(row);
}

/** @param {string} order */
async function look(order) {
  const response = await fetch(`/orders/${encodeURIComponent(order)}/events`);
  if (!response.ok) return;
  const { data } = await response.json();
  const shown = new Set([...(list?.children ?? [])].map((row) => row.getAttribute('data-id')));
  for (const event of data) if (!shown.has(event.id)) show(event);
}

/** @param {string} order */
async function watch(order) {
  for (const end = Date.now() + UNTIL_MS; Date.now() < end; ) {
    // Nobody looks at a hidden page, and a shop that is away for a moment comes back.
    if (!document.hidden) await look(order).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

if (list instanceof HTMLElement) void watch(list.dataset['order'] ?? '');
