import type { Texts } from './texts.ts';

export const nl: Texts = {
  wholeTitle: 'Beveiligde kaartvelden',
  partTitle: 'Beveiligd veld',
  labels: {
    number: 'Kaartnummer',
    expiry: 'Vervaldatum',
    cvc: 'Beveiligingscode',
    name: 'Naam op kaart',
    postalCode: 'Postcode',
  },
  expiryHint: 'MM / JJ',
  messages: {
    incomplete_number: 'Vul het volledige kaartnummer in.',
    invalid_number: 'Controleer het kaartnummer.',
    brand_not_supported: 'Dit type kaart wordt hier niet geaccepteerd.',
    incomplete_expiry: 'Vul de vervaldatum in.',
    invalid_expiry: 'Controleer de vervaldatum.',
    expired_card: 'Deze kaart is verlopen.',
    incomplete_cvc: 'Vul de beveiligingscode in.',
    invalid_cvc: 'Controleer de beveiligingscode.',
    invalid_name: 'Controleer de naam op de kaart.',
    invalid_postal_code: 'Controleer de postcode.',
    invalid_iban: 'Controleer het IBAN.',
    required_field: 'Dit veld is verplicht.',
  },
  failures: {
    network_error: 'De betaaldienst is niet bereikbaar.',
    timeout: 'De betaaldienst heeft niet op tijd geantwoord.',
    aborted: 'Het verzoek is geannuleerd.',
    rate_limited: 'Te veel pogingen. Wacht even.',
    focus_lost: 'Het typen werd onderbroken door een ander deel van de pagina.',
    policy_denied: 'Deze kaart kan hier niet worden gebruikt.',
    service_unavailable: 'De betaaldienst is op dit moment niet beschikbaar.',
  },
  locked: 'Het typen werd onderbroken. Laad de pagina opnieuw.',
};
