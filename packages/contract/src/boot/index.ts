export { chooseLocale } from './choose-locale.ts';
export { ControllerBoot } from './controller-boot.ts';
export { FontName } from '../font-name.ts';
export { TextPolicy } from '../text-policy.ts';
export { CommonBoot, FieldBoot, RevealBoot, SecretBoot } from './field-boot.ts';
export { SessionClaims } from './session.ts';
export { ControllerTexts, FieldTexts, RevealTexts, SHOPPER_CODES } from './texts.ts';
export { TicketClaims } from './ticket.ts';
