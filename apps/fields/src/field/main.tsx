import '../boot/zod-setup.ts';
import '../boot/harden.ts';
import './field.css';
import { FieldBoot } from '@hushfield/contract/boot';
import { cardKit } from './card-kit.ts';
import { startField } from './start-field.tsx';

startField({ boot: FieldBoot, kit: (_, shown) => cardKit(shown) });
