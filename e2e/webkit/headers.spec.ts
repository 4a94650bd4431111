import { attack, saw } from '../support/attack.ts';
import { expect, test } from '../support/webkit-driver.ts';

test(
  'shows no input to an origin that is not registered, nor as a page of its own',
  attack(
    [9, 18],
    'the same page on another origin frames the fields; a link opens a field by itself',
  ),
  async ({ webkit, merchant }) => {
    const url = merchant.cardPage();
    expect(await webkit.open(url)).toBe('ready');
    const src = String(await (await webkit.frame()).getAttribute('src'));
    expect(await webkit.values(await webkit.frame())).toHaveLength(3);

    const code = await webkit.open(url.replace('localhost', '127.0.0.1'));
    expect(code).toMatch(/^(frame_timeout|origin_not_allowed)$/);
    const frames = await webkit.frames();
    expect(frames).toHaveLength(2);
    for (const frame of frames) expect(await webkit.values(frame)).toStrictEqual([]);

    await webkit.driver.get(src);
    expect(await webkit.all('input')).toHaveLength(0);
    // The server tells a document from a frame by what WebKit says of the request.
    expect(await (await webkit.one('body')).getText()).toMatch(/^403/);
    saw(`unregistered origin: ${code}, 0 inputs; top level: a 403 page, 0 inputs`);
  },
);

const INJECT = `
  const violated = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
    violated.push(effectiveDirective));
  const ran = [];
  const attempt = async (name, work) => {
    try { if (await work()) ran.push(name); } catch {}
  };
  await attempt('inline', () => {
    const script = document.createElement('script');
    script.append('window.injected = 1');
    document.head.append(script);
    return window.injected === 1;
  });
  await attempt('eval', () => (0, eval)('1') === 1);
  await attempt('Function', () => new Function('return 1')() === 1);
  await attempt('handler', () => {
    document.body.setAttribute('onclick', 'window.clicked = 1');
    document.body.click();
    return window.clicked === 1;
  });
  await attempt('timer', () => new Promise((done) => {
    setTimeout('window.timed = 1');
    setTimeout(() => done(window.timed === 1), 100);
  }));
  await attempt('data: script', () => new Promise((done) => {
    const script = document.createElement('script');
    script.onload = () => done(true);
    script.onerror = () => done(false);
    script.src = 'data:text/javascript,1';
    document.head.append(script);
    setTimeout(done, 1000, false);
  }));
  await attempt('javascript: link', () => new Promise((done) => {
    const link = document.createElement('a');
    link.href = 'javascript:void(window.linked = 1)';
    document.body.append(link);
    link.click();
    setTimeout(() => done(window.linked === 1), 100);
  }));
  await attempt('fetch', () => fetch(arguments[0], { mode: 'no-cors' }));
  await new Promise((next) => setTimeout(next, 50));
  return JSON.stringify({ ran, violated });`;

test(
  'runs no injected script in a frame, and lets it call nobody',
  attack(
    [13, 24],
    'inline, eval, Function, handler, timer, data:, javascript: and fetch, inside each frame',
  ),
  async ({ webkit, merchant }) => {
    expect(await webkit.open(merchant.cardPage())).toBe('ready');
    const counts: number[] = [];
    for (const frame of await webkit.frames()) {
      const text = await webkit.inside(frame, () => webkit.run(INJECT, merchant.origin));
      const { ran, violated } = JSON.parse(String(text));
      expect(ran).toStrictEqual([]);
      expect(violated).not.toStrictEqual([]);
      counts.push(violated.length);
    }
    // Positive control: on a page without a policy all eight run.
    const { ran } = JSON.parse(String(await webkit.run(INJECT, merchant.origin)));
    expect(ran).toHaveLength(8);
    saw(
      `8 ways in each frame, 0 ran, ${counts.join('+')} violations; all 8 ran on the merchant's page`,
    );
  },
);
