import type { Frame, Page } from '@playwright/test';
import { axTree, type Told } from '../support/ax-tree.ts';
import {
  boxes,
  CHECK,
  type Field,
  FIELDS,
  framesOf,
  mountAll,
  SEPARATE,
  type Shown,
  whole,
} from '../support/every-element.ts';
import { honestPage } from '../support/honest-page.ts';
import { expect, type Merchant, openCard, test } from '../support/merchant.ts';

/*
 * Names, roles, states, errors and the live region of every element, from the tree that Chromium builds for
 * assistive technology: what a screen reader has to work with, and not what a document says.
 */

/** What is said in one language: of the frame, of each input, and of each input that is empty when it is asked for. */
type Language = {
  readonly whole: string;
  readonly part: string;
  readonly names: Readonly<Record<Field, string>>;
  readonly missing: Readonly<Record<Field, string>>;
};

const LANGUAGES: Readonly<Record<string, Language>> = {
  en: {
    whole: 'Secure card fields',
    part: 'Secure field',
    names: {
      number: 'Card number',
      expiry: 'Expiry date',
      cvc: 'Security code',
      name: 'Name on card',
      postalCode: 'Postal code',
    },
    missing: {
      number: 'Enter the whole card number.',
      expiry: 'Enter the expiry date.',
      cvc: 'Enter the security code.',
      name: 'This field is required.',
      postalCode: 'This field is required.',
    },
  },
  de: {
    whole: 'Gesicherte Kartenfelder',
    part: 'Gesichertes Feld',
    names: {
      number: 'Kartennummer',
      expiry: 'Gültig bis',
      cvc: 'Prüfnummer',
      name: 'Name auf der Karte',
      postalCode: 'Postleitzahl',
    },
    missing: {
      number: 'Bitte geben Sie die ganze Kartennummer ein.',
      expiry: 'Bitte geben Sie das Ablaufdatum ein.',
      cvc: 'Bitte geben Sie die Prüfnummer ein.',
      name: 'Bitte füllen Sie dieses Feld aus.',
      postalCode: 'Bitte füllen Sie dieses Feld aus.',
    },
  },
  ar: {
    whole: 'حقول البطاقة الآمنة',
    part: 'حقل آمن',
    names: {
      number: 'رقم البطاقة',
      expiry: 'تاريخ الانتهاء',
      cvc: 'رمز الأمان',
      name: 'الاسم على البطاقة',
      postalCode: 'الرمز البريدي',
    },
    missing: {
      number: 'أدخل رقم البطاقة كاملاً.',
      expiry: 'أدخل تاريخ الانتهاء.',
      cvc: 'أدخل رمز الأمان.',
      name: 'هذا الحقل مطلوب.',
      postalCode: 'هذا الحقل مطلوب.',
    },
  },
  ja: {
    whole: '保護されたカード入力欄',
    part: '保護された入力欄',
    names: {
      number: 'カード番号',
      expiry: '有効期限',
      cvc: 'セキュリティコード',
      name: 'カード名義',
      postalCode: '郵便番号',
    },
    missing: {
      number: 'カード番号をすべて入力してください。',
      expiry: '有効期限を入力してください。',
      cvc: 'セキュリティコードを入力してください。',
      name: 'この項目は必須です。',
      postalCode: 'この項目は必須です。',
    },
  },
};

/** Read from the right, and with no word that a fault could borrow from English. */
const SAMPLE = new Set(['ar']);

/** Every element there is, and a card in every layout, with labels and without. */
const SHOWN: readonly Shown[] = [
  whole({ layout: 'row' }),
  whole({ layout: 'column' }),
  whole({ layout: 'grid', appearance: { labels: 'none' } }),
  whole({ layout: 'row', appearance: { labels: 'floating' } }),
  ...SEPARATE,
];

async function open(page: Page, merchant: Merchant, locale: string): Promise<Frame[]> {
  // Frames of another process are not painted below the window's edge.
  await page.setViewportSize({ width: 700, height: 3_000 });
  const script = mountAll(SHOWN, locale);
  await openCard(page, honestPage(merchant, { script, body: boxes(SHOWN) }));
  return framesOf(page);
}

/** The root, the inputs and the live region: nothing else may have a role that is more than a text's or a box's. */
function partsOf(tree: readonly Told[]) {
  const [root, ...rest] = tree;
  const PLAIN = /^(generic|none|LabelText|StaticText|InlineTextBox|ListMarker|form|image|svg)$/i;
  const [status, ...others] = rest.filter(({ role }) => !PLAIN.test(role) && role !== 'textbox');
  return { root, inputs: rest.filter(({ role }) => role === 'textbox'), status, others };
}

const input = (name: string, says: Partial<Told> = {}) =>
  expect.objectContaining({
    ...{
      role: 'textbox',
      name,
      description: '',
      required: true,
      invalid: 'false',
      disabled: false,
    },
    ...says,
  });

for (const [locale, { whole: title, part: of, names, missing }] of Object.entries(LANGUAGES)) {
  const tag = SAMPLE.has(locale) ? [] : ['@full'];
  test(`tells what every element is, and what is wrong with it (${locale})`, { tag }, async ({
    page,
    merchant,
  }) => {
    const frames = await open(page, merchant, locale);
    const titles = SHOWN.map(({ type, fields: [first = 'number'] }) =>
      type === 'card' ? title : `${of}: ${names[first]}`,
    );
    const before = await Promise.all(frames.map((frame) => axTree(page, frame)));
    for (const [index, tree] of before.entries()) {
      const { root, inputs, status, others } = partsOf(tree);
      expect(root).toMatchObject({ role: 'RootWebArea', name: titles[index] });
      expect(inputs).toStrictEqual(SHOWN[index]?.fields.map((field) => input(names[field])));
      // There before there is anything to say, or nothing would say it.
      expect(status).toMatchObject({ role: 'status', live: 'polite', atomic: true });
      expect(others).toStrictEqual([]);
    }
    // The page has frames with names, and the one without inputs is not there at all.
    const outside = await axTree(page);
    expect(outside.filter(({ role }) => role === 'Iframe').map(({ name }) => name)).toStrictEqual(
      titles,
    );

    await page.evaluate(CHECK);
    for (const [index, frame] of frames.entries()) {
      const fields = SHOWN[index]?.fields ?? [];
      const [first = 'number', second] = fields;
      await expect(frame.getByRole('status')).toHaveText(missing[first]);
      const { inputs, status } = partsOf(await axTree(page, frame));
      expect(status?.node).toBe(partsOf(before[index] ?? []).status?.node);
      const wrong = (shown: Field) =>
        fields.map((field) =>
          input(names[field], {
            invalid: 'true',
            description: field === shown ? missing[field] : '',
          }),
        );
      expect(inputs).toStrictEqual(wrong(first));
      // Whoever goes on to the next hears what is wrong with that one.
      if (second === undefined) continue;
      await frame.locator(`#${second}`).focus();
      await expect(frame.getByRole('status')).toHaveText(missing[second]);
      expect(partsOf(await axTree(page, frame)).inputs).toStrictEqual(wrong(second));
    }
  });
}

test("tells the page's own words, and what is disabled", async ({ page, merchant }) => {
  const [frame] = await open(page, merchant, 'en');
  await page.evaluate(() => {
    const [card] = Reflect.get(window, 'made');
    card.update({ labels: { number: 'Number of your card' }, title: 'Pay here', disabled: true });
    card.setError('number', 'Your bank said no.');
  });
  await expect(page.locator('#box-0 iframe')).toHaveAttribute('title', 'Pay here');
  const { root, inputs } = partsOf(await axTree(page, frame));
  expect(root?.name).toBe('Pay here');
  expect(inputs[0]).toMatchObject({
    name: 'Number of your card',
    description: 'Your bank said no.',
    invalid: 'true',
  });
  expect(inputs.map(({ disabled }) => disabled)).toStrictEqual(FIELDS.map(() => true));
});
