import type { Texts } from './texts.ts';

export const it: Texts = {
  wholeTitle: 'Campi sicuri della carta',
  partTitle: 'Campo sicuro',
  labels: {
    number: 'Numero della carta',
    expiry: 'Data di scadenza',
    cvc: 'Codice di sicurezza',
    name: 'Nome sulla carta',
    postalCode: 'CAP',
  },
  expiryHint: 'MM / AA',
  messages: {
    incomplete_number: 'Inserisci il numero completo della carta.',
    invalid_number: 'Controlla il numero della carta.',
    brand_not_supported: 'Questo tipo di carta non è accettato qui.',
    incomplete_expiry: 'Inserisci la data di scadenza.',
    invalid_expiry: 'Controlla la data di scadenza.',
    expired_card: 'Questa carta è scaduta.',
    incomplete_cvc: 'Inserisci il codice di sicurezza.',
    invalid_cvc: 'Controlla il codice di sicurezza.',
    invalid_name: 'Controlla il nome sulla carta.',
    invalid_postal_code: 'Controlla il CAP.',
    invalid_iban: 'Controlla l’IBAN.',
    required_field: 'Questo campo è obbligatorio.',
  },
  failures: {
    network_error: 'Il servizio di pagamento non è raggiungibile.',
    timeout: 'Il servizio di pagamento non ha risposto in tempo.',
    aborted: 'La richiesta è stata annullata.',
    rate_limited: 'Troppi tentativi. Attendi un momento.',
    focus_lost: 'La digitazione è stata interrotta da un’altra parte della pagina.',
    policy_denied: 'Questa carta non può essere usata qui.',
    service_unavailable: 'Il servizio di pagamento non è al momento disponibile.',
  },
  locked: 'La digitazione è stata interrotta. Ricarica la pagina.',
};
