export { ControllerBoot, FieldBoot } from './boot.ts';
export { SessionClaims } from './session.ts';
export { TicketClaims } from './ticket.ts';
