import type { Texts } from './texts.ts';

export const fr: Texts = {
  wholeTitle: 'Champs de carte sécurisés',
  partTitle: 'Champ sécurisé',
  labels: {
    number: 'Numéro de carte',
    expiry: 'Date d’expiration',
    cvc: 'Code de sécurité',
    name: 'Nom sur la carte',
    postalCode: 'Code postal',
  },
  expiryHint: 'MM / AA',
  messages: {
    incomplete_number: 'Saisissez le numéro de carte en entier.',
    invalid_number: 'Vérifiez le numéro de carte.',
    brand_not_supported: 'Ce type de carte n’est pas accepté ici.',
    incomplete_expiry: 'Saisissez la date d’expiration.',
    invalid_expiry: 'Vérifiez la date d’expiration.',
    expired_card: 'Cette carte a expiré.',
    incomplete_cvc: 'Saisissez le code de sécurité.',
    invalid_cvc: 'Vérifiez le code de sécurité.',
    invalid_name: 'Vérifiez le nom sur la carte.',
    invalid_postal_code: 'Vérifiez le code postal.',
    invalid_iban: 'Vérifiez l’IBAN.',
    required_field: 'Ce champ est obligatoire.',
  },
  failures: {
    network_error: 'Le service de paiement est injoignable.',
    timeout: 'Le service de paiement n’a pas répondu à temps.',
    aborted: 'La demande a été annulée.',
    rate_limited: 'Trop de tentatives. Patientez un instant.',
    focus_lost: 'La saisie a été interrompue par un autre élément de la page.',
    policy_denied: 'Cette carte ne peut pas être utilisée ici.',
    service_unavailable: 'Le service de paiement est momentanément indisponible.',
  },
  locked: 'La saisie a été interrompue. Rechargez la page.',
};
