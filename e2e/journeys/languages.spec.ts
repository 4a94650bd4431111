import { VISA } from '../support/cards.ts';
import {
  cardWith,
  fieldFrames,
  honestPage,
  openCardWith,
  updateCard,
  warningsOf,
} from '../support/honest-page.ts';
import { expect, test, tokenize } from '../support/merchant.ts';

const number = '[autocomplete=cc-number]';

test('speaks the language that the page asks for, frame and all', async ({ page, merchant }) => {
  const frame = await openCardWith(page, merchant, { locale: 'de' });
  await expect(frame.getByLabel('Kartennummer')).toBeVisible();
  await expect(frame.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.locator('#card iframe')).toHaveAttribute('title', 'Gesicherte Kartenfelder');
  await expect(frame.locator('[autocomplete=cc-exp]')).toHaveAttribute('placeholder', 'MM / JJ');
  await frame.locator(number).fill('4242');
  await page.keyboard.press('Tab');
  await expect(frame.getByRole('status')).toHaveText(/ganze Kartennummer/);
  const told = () => page.evaluate(() => Reflect.get(window, 'card').getState().error?.message);
  await expect.poll(told).toBe('Bitte geben Sie die ganze Kartennummer ein.');
});

test('needs no second request for it, and is in it from the first paint', async ({
  page,
  merchant,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await openCardWith(page, merchant, { locale: 'ja' });
  expect(asked.filter((path) => path.includes('texts'))).toStrictEqual([]);
  const served = await fieldFrames(page)[0]?.evaluate(() => document.documentElement.lang);
  expect(served).toBe('ja');
});

test.describe('left to itself', () => {
  test.use({ locale: 'fr-CA' });
  test('speaks as the browser does', async ({ page, merchant }) => {
    const frame = await openCardWith(page, merchant, {});
    await expect(frame.getByLabel('Numéro de carte')).toBeVisible();
    await updateCard(page, { locale: 'pl' });
    await expect(frame.getByLabel('Numer karty')).toBeVisible();
    await updateCard(page, { locale: 'auto' });
    await expect(frame.getByLabel('Numéro de carte')).toBeVisible();
  });
});

test('changes its language while a card is typed, and loses nothing', async ({
  page,
  merchant,
}) => {
  const frame = await openCardWith(page, merchant, { locale: 'en' });
  await frame.locator(number).click();
  await page.keyboard.type('4242 42');
  await page.evaluate(() => {
    const card = Reflect.get(window, 'card');
    for (const locale of ['de', 'ja', 'ar']) card.update({ locale });
  });
  await expect(frame.getByLabel('رقم البطاقة')).toHaveValue('4242 42');
  await expect(frame.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.locator('#card iframe')).toHaveAttribute('title', 'حقول البطاقة الآمنة');
  await page.keyboard.type('42 4242 4242');
  await expect(frame.locator(number)).toHaveValue('4242 4242 4242 4242');
  expect(await warningsOf(page)).toStrictEqual([]);
});

test('shows what was asked for last, whatever has to be waited for', async ({ page, merchant }) => {
  const frame = await openCardWith(page, merchant, { locale: 'en' });
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/assets/field-texts-*', async (route) => {
    await asked;
    await route.continue();
  });
  await updateCard(page, { locale: 'de', labels: { number: 'Alt' } });
  await updateCard(page, { locale: 'en', labels: { number: 'New' } });
  await expect(frame.getByLabel('New')).toBeVisible();
  answer();
  await page.waitForTimeout(500);
  await expect(frame.getByLabel('New')).toBeVisible();
  await expect(frame.locator('html')).toHaveAttribute('lang', 'en');
});

test('goes on in its language and says so, where another cannot be had', async ({
  page,
  merchant,
}) => {
  await page.route('**/assets/field-texts-*', (route) => route.abort());
  const frame = await openCardWith(page, merchant, { locale: 'nl' });
  await updateCard(page, { locale: 'it' });
  await expect.poll(() => warningsOf(page)).toContain('locale_failed');
  await expect(frame.getByLabel('Kaartnummer')).toBeVisible();
  await page.unroute('**/assets/field-texts-*');
  await updateCard(page, { locale: 'es' });
  await expect(frame.getByLabel('Número de tarjeta')).toBeVisible();
});

test('reads from the right with digits from the left', async ({ page, merchant }) => {
  const frame = await openCardWith(page, merchant, {
    locale: 'he',
    fields: ['number', 'expiry', 'cvc', 'name'],
  });
  const input = frame.locator(number);
  await input.pressSequentially(VISA.number);
  const style = await input.evaluate((element) => {
    const { direction, textAlign } = getComputedStyle(element);
    return { direction, textAlign };
  });
  expect(style).toStrictEqual({ direction: 'ltr', textAlign: 'right' });
  const [field, mark] = await Promise.all([
    frame.locator('.field-number .box').boundingBox(),
    frame.locator('.field-number .mark').boundingBox(),
  ]);
  // The brand stands where the line ends.
  expect((mark?.x ?? 0) - (field?.x ?? 0)).toBeLessThan(20);
});

test('says what the page wants it to say', async ({ page, merchant }) => {
  const frame = await openCardWith(page, merchant, {
    locale: 'de',
    title: 'Ihre Karte',
    labels: { number: 'Nummer' },
    messages: { incomplete_number: 'Da fehlt noch etwas.' },
  });
  await expect(page.locator('#card iframe')).toHaveAttribute('title', 'Ihre Karte');
  await frame.getByLabel('Nummer', { exact: true }).fill('4242');
  await page.keyboard.press('Tab');
  await expect(frame.getByRole('status')).toHaveText('Da fehlt noch etwas.');
});

test('speaks of a failure on the way in the language of the group', async ({ page, merchant }) => {
  const script = cardWith({}).replace('elements()', "elements({ locale: 'nl' })");
  await page.goto(honestPage(merchant, { script }));
  await page.evaluate(() => Reflect.get(window, 'ready'));
  const answer = await tokenize(page);
  expect(answer.error).toMatchObject({
    code: 'incomplete_number',
    message: 'Vul het volledige kaartnummer in.',
  });
});
