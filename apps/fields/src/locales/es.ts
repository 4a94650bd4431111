import type { Texts } from './texts.ts';

export const es: Texts = {
  wholeTitle: 'Campos de tarjeta seguros',
  partTitle: 'Campo seguro',
  labels: {
    number: 'Número de tarjeta',
    expiry: 'Fecha de caducidad',
    cvc: 'Código de seguridad',
    name: 'Nombre en la tarjeta',
    postalCode: 'Código postal',
  },
  expiryHint: 'MM / AA',
  messages: {
    incomplete_number: 'Introduce el número de tarjeta completo.',
    invalid_number: 'Comprueba el número de tarjeta.',
    brand_not_supported: 'Aquí no se acepta este tipo de tarjeta.',
    incomplete_expiry: 'Introduce la fecha de caducidad.',
    invalid_expiry: 'Comprueba la fecha de caducidad.',
    expired_card: 'Esta tarjeta ha caducado.',
    incomplete_cvc: 'Introduce el código de seguridad.',
    invalid_cvc: 'Comprueba el código de seguridad.',
    invalid_name: 'Comprueba el nombre en la tarjeta.',
    invalid_postal_code: 'Comprueba el código postal.',
    invalid_iban: 'Comprueba el IBAN.',
    required_field: 'Este campo es obligatorio.',
  },
  failures: {
    network_error: 'No se ha podido conectar con el servicio de pago.',
    timeout: 'El servicio de pago no ha respondido a tiempo.',
    aborted: 'La solicitud se ha cancelado.',
    rate_limited: 'Demasiados intentos. Espera un momento.',
    focus_lost: 'Otra parte de la página ha interrumpido la escritura.',
    policy_denied: 'Esta tarjeta no se puede usar aquí.',
    service_unavailable: 'El servicio de pago no está disponible en este momento.',
  },
  locked: 'Se ha interrumpido la escritura. Vuelve a cargar la página.',
};
