import type { Texts } from './texts.ts';

export const pl: Texts = {
  wholeTitle: 'Zabezpieczone pola karty',
  partTitle: 'Zabezpieczone pole',
  labels: {
    number: 'Numer karty',
    expiry: 'Data ważności',
    cvc: 'Kod zabezpieczający',
    name: 'Imię i nazwisko na karcie',
    postalCode: 'Kod pocztowy',
  },
  expiryHint: 'MM / RR',
  messages: {
    incomplete_number: 'Podaj pełny numer karty.',
    invalid_number: 'Sprawdź numer karty.',
    brand_not_supported: 'Karty tego typu nie są tu przyjmowane.',
    incomplete_expiry: 'Podaj datę ważności.',
    invalid_expiry: 'Sprawdź datę ważności.',
    expired_card: 'Ta karta straciła ważność.',
    incomplete_cvc: 'Podaj kod zabezpieczający.',
    invalid_cvc: 'Sprawdź kod zabezpieczający.',
    invalid_name: 'Sprawdź imię i nazwisko na karcie.',
    invalid_postal_code: 'Sprawdź kod pocztowy.',
    invalid_iban: 'Sprawdź IBAN.',
    required_field: 'To pole jest wymagane.',
  },
  failures: {
    network_error: 'Nie można połączyć się z usługą płatniczą.',
    timeout: 'Usługa płatnicza nie odpowiedziała na czas.',
    aborted: 'Żądanie zostało anulowane.',
    rate_limited: 'Zbyt wiele prób. Poczekaj chwilę.',
    focus_lost: 'Wpisywanie zostało przerwane przez inną część strony.',
    policy_denied: 'Tej karty nie można tu użyć.',
    service_unavailable: 'Usługa płatnicza jest w tej chwili niedostępna.',
  },
  locked: 'Wpisywanie zostało przerwane. Odśwież stronę.',
};
