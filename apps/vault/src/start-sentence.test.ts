import { expect, test } from 'vitest';
import { StartError } from './config.ts';
import { KeysUnavailable } from './keys/kek/kek.ts';
import { sentenceOf } from './start-sentence.ts';

const coded = (message: string, code: string) => Object.assign(new Error(message), { code });
const NOBODYS = 'insert or update on table "data_keys" violates foreign key constraint';

test.each([
  ['what we say ourselves', new StartError('Mend it.'), 'Mend it.'],
  ['keys that are away', new KeysUnavailable('the KEK is not there'), 'KEY_STORE_DIR'],
  ['a database that is busy', coded('canceling statement', '57014'), 'try again'],
  ['a login without rights', coded('permission denied for table cards', '42501'), 'as its owner'],
  ['a file that is not there', coded("ENOENT: no such file, open '/x'", 'ENOENT'), "open '/x'"],
  ['a statement that is refused', coded(NOBODYS, '23503'), 'the database says 23503'],
  ['a mistake of ours', new TypeError('undefined is not a function'), 'TypeError'],
  ['what is no error', 'text', 'not an Error'],
])('says of %s one sentence, without a stack or a statement', (_name, error, says) => {
  const sentence = sentenceOf(error, 'info');
  expect(sentence).toContain(says);
  expect(sentence).not.toMatch(/\.ts:|data_keys|undefined is|\n/);
});

test('says all to whoever asks for it', () => {
  const sentence = sentenceOf(coded(NOBODYS, '23503'), 'debug');
  expect(sentence).toContain('data_keys');
  expect(sentence).toContain('start-sentence.test.ts:');
});
