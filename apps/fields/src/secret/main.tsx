import '../boot/zod-setup.ts';
import '../boot/harden.ts';
import '../field/field.css';
import { SecretBoot } from '@hushfield/contract/boot';
import type { FieldOptions } from '@hushfield/contract/frame';
import { startField } from '../field/start-field.tsx';
import { type Policy, secretRules } from './secret-rules.ts';
import { secretView } from './secret-view.ts';

startField({
  boot: SecretBoot,
  kit({ policies }, shown) {
    const policy = () => policyOf(policies, shown());
    const isOfAccount = () => shown()?.element === 'accountNumber';
    return { rules: secretRules(policy, isOfAccount), view: secretView(policy) };
  },
});

function policyOf(policies: readonly Policy[], shown: FieldOptions | undefined) {
  return policies.find(({ name }) => name === shown?.policy);
}
