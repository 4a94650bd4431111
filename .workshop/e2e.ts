import { join } from 'node:path';
import { ensureBuilt, must, root } from './built.ts';
import { ensureChromium } from './chromium.ts';

ensureBuilt();
process.env['HUSHFIELD_CHROMIUM'] = ensureChromium();
process.env['PATH'] = `${join(root, 'e2e/node_modules/.bin')}:${process.env['PATH']}`;
must('playwright', ['test', ...process.argv.slice(2)], join(root, 'e2e'));
