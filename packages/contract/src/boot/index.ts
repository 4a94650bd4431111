export { ControllerBoot } from './controller-boot.ts';
export { FieldBoot } from './field-boot.ts';
export { SessionClaims } from './session.ts';
export { TicketClaims } from './ticket.ts';
