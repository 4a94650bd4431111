import type { Texts } from './texts.ts';

export const ar: Texts = {
  wholeTitle: 'حقول البطاقة الآمنة',
  partTitle: 'حقل آمن',
  labels: {
    number: 'رقم البطاقة',
    expiry: 'تاريخ الانتهاء',
    cvc: 'رمز الأمان',
    name: 'الاسم على البطاقة',
    postalCode: 'الرمز البريدي',
  },
  expiryHint: 'MM / YY',
  messages: {
    incomplete_number: 'أدخل رقم البطاقة كاملاً.',
    invalid_number: 'تحقق من رقم البطاقة.',
    brand_not_supported: 'هذا النوع من البطاقات غير مقبول هنا.',
    incomplete_expiry: 'أدخل تاريخ الانتهاء.',
    invalid_expiry: 'تحقق من تاريخ الانتهاء.',
    expired_card: 'انتهت صلاحية هذه البطاقة.',
    incomplete_cvc: 'أدخل رمز الأمان.',
    invalid_cvc: 'تحقق من رمز الأمان.',
    invalid_name: 'تحقق من الاسم على البطاقة.',
    invalid_postal_code: 'تحقق من الرمز البريدي.',
    invalid_iban: 'تحقق من رقم IBAN.',
    required_field: 'هذا الحقل مطلوب.',
  },
  failures: {
    network_error: 'تعذر الوصول إلى خدمة الدفع.',
    timeout: 'لم ترد خدمة الدفع في الوقت المحدد.',
    aborted: 'تم إلغاء الطلب.',
    rate_limited: 'محاولات كثيرة جدًا. انتظر لحظة.',
    focus_lost: 'قاطع جزء آخر من الصفحة الكتابة.',
    policy_denied: 'لا يمكن استخدام هذه البطاقة هنا.',
    service_unavailable: 'خدمة الدفع غير متاحة الآن.',
  },
  locked: 'تمت مقاطعة الكتابة. أعد تحميل الصفحة.',
};
