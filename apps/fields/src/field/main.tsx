import '../boot/zod-setup.ts';
import '../boot/harden.ts';
import './field.css';
import { FieldBoot } from '@hushfield/contract/boot';
import { cardRules } from './card-rules.ts';
import { cardView } from './card-view.tsx';
import { startField } from './start-field.tsx';

startField({ boot: FieldBoot, kit: () => ({ rules: cardRules, view: cardView }) });
