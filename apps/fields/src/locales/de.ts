import type { Texts } from './texts.ts';

export const de: Texts = {
  wholeTitle: 'Gesicherte Kartenfelder',
  partTitle: 'Gesichertes Feld',
  labels: {
    number: 'Kartennummer',
    expiry: 'Gültig bis',
    cvc: 'Prüfnummer',
    name: 'Name auf der Karte',
    postalCode: 'Postleitzahl',
  },
  expiryHint: 'MM / JJ',
  messages: {
    incomplete_number: 'Bitte geben Sie die ganze Kartennummer ein.',
    invalid_number: 'Bitte prüfen Sie die Kartennummer.',
    brand_not_supported: 'Diese Kartenart wird hier nicht angenommen.',
    incomplete_expiry: 'Bitte geben Sie das Ablaufdatum ein.',
    invalid_expiry: 'Bitte prüfen Sie das Ablaufdatum.',
    expired_card: 'Diese Karte ist abgelaufen.',
    incomplete_cvc: 'Bitte geben Sie die Prüfnummer ein.',
    invalid_cvc: 'Bitte prüfen Sie die Prüfnummer.',
    invalid_name: 'Bitte prüfen Sie den Namen auf der Karte.',
    invalid_postal_code: 'Bitte prüfen Sie die Postleitzahl.',
    invalid_iban: 'Bitte prüfen Sie die IBAN.',
    required_field: 'Bitte füllen Sie dieses Feld aus.',
  },
  failures: {
    network_error: 'Der Zahlungsdienst ist nicht erreichbar.',
    timeout: 'Der Zahlungsdienst hat nicht rechtzeitig geantwortet.',
    aborted: 'Der Vorgang wurde abgebrochen.',
    rate_limited: 'Zu viele Versuche. Bitte warten Sie einen Moment.',
    focus_lost: 'Die Eingabe wurde von einem anderen Teil der Seite unterbrochen.',
    policy_denied: 'Diese Karte kann hier nicht verwendet werden.',
    service_unavailable: 'Der Zahlungsdienst ist gerade nicht verfügbar.',
  },
  locked: 'Die Eingabe wurde unterbrochen. Bitte laden Sie die Seite neu.',
};
