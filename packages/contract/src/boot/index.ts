export { ControllerBoot, FieldBoot } from './boot.ts';
export { TicketClaims } from './ticket.ts';
