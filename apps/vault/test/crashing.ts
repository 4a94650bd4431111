/* A process of its own, for scrubbed-streams.test.ts: writes a number in one way, as its first argument says. */
import '../src/app/scrubbed-streams.ts';

const PAN = ['4242', '4242', '4242', '4242'];
const whole = PAN.join('');
const { stdout, stderr } = process;

const WAYS: Readonly<Record<string, () => void>> = {
  console: () => console.log('card', whole, { number: PAN.join(' ') }),
  error: () => console.error(`card ${PAN.join('-')} key sk_test_abc`),
  spaced: () => stdout.write(`${[...whole].join(' ')}\n`),
  bytes: () => stdout.write(Buffer.from(`${whole}\n`)),
  hex: () => stdout.write(Buffer.from(`${whole}\n`).toString('hex'), 'hex'),
  split: () => {
    stdout.write(`card ${whole.slice(0, 7)}`);
    setTimeout(() => stdout.write(`${whole.slice(7)} end\n`), 20);
  },
  partial: () => {
    stdout.write(`first\ncard ${whole} no end of line`);
    stderr.write('last words');
    process.exit(3);
  },
  much: () => {
    for (let n = 0; n < 5_000; n += 1) stdout.write(`line ${n}: ok ${whole}\n`);
    process.exit(0);
  },
  callback: () => stdout.write(`${whole}\n`, () => stdout.write('called back\n')),
  warning: () => process.emitWarning(`deprecated ${whole}`),
  throws: () => {
    throw new Error(`could not store ${whole}`, { cause: new TypeError(`of sk_live_abc`) });
  },
  database: () => {
    const detail = 'Failing row contains (cus_canary, 4242).';
    throw Object.assign(new Error('violates check constraint'), { code: '23514', detail });
  },
  long: () => {
    throw new Error(`${'x'.repeat(7_980)} ${whole}`);
  },
  rejects: () => void Promise.reject(new Error(`could not store ${PAN.join(' ')}`)),
  later: () =>
    void setTimeout(() => {
      throw new RangeError(whole);
    }, 5),
};

WAYS[process.argv[2] ?? '']?.();
