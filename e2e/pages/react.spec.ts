import { saw } from '../support/attack.ts';
import { controllerFrames, fieldFrames, honestPage, typeInto } from '../support/honest-page.ts';
import { countLeaks, kept } from '../support/leak-count.ts';
import { expect, openCard, test, tokenize } from '../support/merchant.ts';
import { type Keeps, reactScript } from '../support/react-page.ts';

const counts = () => Reflect.get(window, 'counts');

const WAYS: readonly { keeps: Keeps; tag: string[] }[] = [
  { keeps: 'the element', tag: [] },
  { keeps: 'the group', tag: [] },
  { keeps: 'nothing', tag: ['@full'] },
];

for (const { keeps, tag } of WAYS) {
  test(`leaves one field and one controller after StrictMode's double mount (an effect that keeps ${keeps})`, {
    tag,
  }, async ({ page, merchant }) => {
    await countLeaks(page);
    const body = '<div id="root"></div>';
    const url = honestPage(merchant, { script: await reactScript(keeps), body });
    await openCard(page, url);
    expect(await page.evaluate(counts)).toStrictEqual({
      mounts: 2,
      unmounts: 1,
      rejected: ['aborted'],
    });
    await expect.poll(() => controllerFrames(page).length).toBe(1);
    expect(fieldFrames(page).length).toBe(1);
    expect((await kept(page)).frames).toBe(4);

    // A render of the parent is no reason to mount again, or to lose what was typed.
    await typeInto(fieldFrames(page)[0]);
    await page.evaluate(() => Reflect.get(window, 'again')());
    await page.locator('main[data-times="1"]').waitFor();
    expect((await tokenize(page)).token?.id).toMatch(/^tok_test_/);
    expect((await page.evaluate(counts)).mounts).toBe(2);

    await page.evaluate(() => Reflect.get(window, 'show')(false));
    await expect.poll(() => page.frames().length).toBe(1);
    await page.evaluate(() => Reflect.get(window, 'show')(true));
    await page.waitForFunction(() => Reflect.get(window, 'counts').mounts === 4);
    await page.evaluate(() => Reflect.get(window, 'ready'));
    await expect.poll(() => page.frames().length).toBe(3);
    expect((await kept(page)).unhandled).toStrictEqual([]);
    saw('4 mounts, 3 unmounts: 1 field frame, 1 controller, 0 unhandled rejections');
  });
}
