import { hostileStrings } from '../support/hostile.ts';
import { expect, openCard, test } from '../support/merchant.ts';

const FIELDS = ['number', 'expiry', 'cvc', 'name'];

test('turns hostile texts into text: no element, no request, no violation', async ({
  page,
  merchant,
}) => {
  const strings = hostileStrings();
  const frame = await openCard(page, merchant.cardPage({ fields: FIELDS }));
  // The controller comes after the fields; what it loads is not what is looked for here.
  await page.waitForLoadState('networkidle');
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const shape = () =>
    frame.locator('html').evaluate((root) => {
      const marks = ['id', 'class', 'name', 'type', 'for', 'autocomplete', 'style'];
      return [...root.querySelectorAll('*')].map((element) => [
        element.tagName,
        ...element
          .getAttributeNames()
          .filter((name) => !['placeholder', 'aria-label', 'aria-invalid'].includes(name))
          .map((name) =>
            marks.includes(name) && name !== 'class' ? name + element.getAttribute(name) : name,
          ),
      ]);
    });
  const before = JSON.stringify(await shape());

  const thrown = await page.evaluate(async (texts) => {
    const card = Reflect.get(window, 'card');
    const codes = new Set<string>();
    const attempt = (act: () => void) => {
      try {
        act();
      } catch (error) {
        codes.add(String((error as { code?: unknown }).code ?? error));
      }
    };
    for (const [index, text] of texts.entries()) {
      attempt(() =>
        card.update({ labels: { number: text }, placeholders: { cvc: text, name: text } }),
      );
      attempt(() => card.setError('name', text));
      if (index % 15 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    attempt(() => card.update({ labels: {}, placeholders: {} }));
    attempt(() => card.setError('name', ''));
    await new Promise((resolve) => setTimeout(resolve, 200));
    return [...codes];
  }, strings);

  expect(thrown.filter((code) => code !== 'invalid_option')).toStrictEqual([]);
  expect(JSON.stringify(await shape())).toBe(before);
  expect(requests).toStrictEqual([]);
  expect(complaints).toStrictEqual([]);
  // Positive control: the texts did arrive where they are shown.
  await page.evaluate(() => Reflect.get(window, 'card').update({ labels: { number: '<b>x</b>' } }));
  await expect(frame.locator('label[for=number]')).toHaveText('<b>x</b>');
});

test('refuses hostile values wherever a value is not free text', async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage({ fields: FIELDS }));
  const accepted = await page.evaluate((texts) => {
    const card = Reflect.get(window, 'card');
    const group = Reflect.get(window, 'hushfield');
    const allowed =
      /^([a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,2}|auto|system|sans|serif|mono|light|dark|above|none|row|column|grid|#[0-9a-fA-F]{3,8})$/;
    const survivors: string[] = [];
    for (const text of texts.filter((candidate) => !allowed.test(candidate))) {
      const parse = (json: string) => JSON.parse(json.replace('TEXT', () => JSON.stringify(text)));
      const trials: [string, () => unknown][] = [
        ['locale', () => card.update({ locale: text })],
        ['layout', () => card.update({ layout: text })],
        ['theme', () => card.update({ appearance: { theme: text } })],
        ['colour', () => card.update({ appearance: { variables: { colorText: text } } })],
        ['font', () => card.update({ appearance: { variables: { fontFamily: text } } })],
        ['size', () => card.update({ appearance: { variables: { fontSize: text } } })],
        ['fields', () => card.update({ fields: [text] })],
        ['element', () => group.elements().create(text)],
        ['unknown label', () => card.update({ labels: { [text]: 'x' } })],
        ['unknown option', () => card.update(parse('{"evil":TEXT}'))],
        ['group', () => group.elements(parse('{"evil":TEXT}'))],
        ['group locale', () => group.elements({ locale: text })],
      ];
      for (const [name, trial] of trials) {
        try {
          trial();
          survivors.push(`${name}: ${text}`);
        } catch (error) {
          const { code } = error as { code?: unknown };
          if (code !== 'invalid_option') survivors.push(`${name} threw ${String(code)}: ${text}`);
        }
      }
    }
    return survivors;
  }, hostileStrings());
  expect(accepted).toStrictEqual([]);
});

test('pollutes nothing through option objects', async ({ page, merchant }) => {
  await openCard(page, merchant.cardPage());
  const result = await page.evaluate(() => {
    const card = Reflect.get(window, 'card');
    const outcomes = [
      '{"__proto__":{"polluted":1}}',
      '{"labels":{"__proto__":{"polluted":1}}}',
      '{"appearance":{"variables":{"__proto__":{"polluted":1}}}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"appearance":{"constructor":{"prototype":{"polluted":1}}}}',
    ].map((json) => {
      try {
        card.update(JSON.parse(json));
        return 'taken';
      } catch (error) {
        return String((error as { code?: unknown }).code);
      }
    });
    return { outcomes, polluted: Reflect.get({}, 'polluted') };
  });
  expect(result.polluted).toBeUndefined();
  for (const outcome of result.outcomes) expect(outcome).toMatch(/^(taken|invalid_option)$/);
});
