import type { Texts } from './texts.ts';

export const he: Texts = {
  wholeTitle: 'שדות כרטיס מאובטחים',
  partTitle: 'שדה מאובטח',
  labels: {
    number: 'מספר כרטיס',
    expiry: 'תוקף',
    cvc: 'קוד אבטחה',
    name: 'שם בעל הכרטיס',
    postalCode: 'מיקוד',
  },
  expiryHint: 'MM / YY',
  messages: {
    incomplete_number: 'יש להזין את מספר הכרטיס המלא.',
    invalid_number: 'יש לבדוק את מספר הכרטיס.',
    brand_not_supported: 'סוג כרטיס זה אינו מתקבל כאן.',
    incomplete_expiry: 'יש להזין את תוקף הכרטיס.',
    invalid_expiry: 'יש לבדוק את תוקף הכרטיס.',
    expired_card: 'תוקף הכרטיס פג.',
    incomplete_cvc: 'יש להזין את קוד האבטחה.',
    invalid_cvc: 'יש לבדוק את קוד האבטחה.',
    invalid_name: 'יש לבדוק את השם שעל הכרטיס.',
    invalid_postal_code: 'יש לבדוק את המיקוד.',
    invalid_iban: 'יש לבדוק את ה-IBAN.',
    required_field: 'שדה חובה.',
  },
  failures: {
    network_error: 'לא ניתן להתחבר לשירות התשלום.',
    timeout: 'שירות התשלום לא השיב בזמן.',
    aborted: 'הבקשה בוטלה.',
    rate_limited: 'יותר מדי ניסיונות. יש להמתין רגע.',
    focus_lost: 'ההקלדה הופסקה על ידי חלק אחר בדף.',
    policy_denied: 'לא ניתן להשתמש בכרטיס זה כאן.',
    service_unavailable: 'שירות התשלום אינו זמין כרגע.',
  },
  locked: 'ההקלדה הופסקה. יש לטעון את הדף מחדש.',
};
