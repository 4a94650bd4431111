import type { Texts } from './texts.ts';

export const ja: Texts = {
  wholeTitle: '保護されたカード入力欄',
  partTitle: '保護された入力欄',
  labels: {
    number: 'カード番号',
    expiry: '有効期限',
    cvc: 'セキュリティコード',
    name: 'カード名義',
    postalCode: '郵便番号',
  },
  expiryHint: 'MM / YY',
  messages: {
    incomplete_number: 'カード番号をすべて入力してください。',
    invalid_number: 'カード番号をご確認ください。',
    brand_not_supported: 'このカードブランドはご利用いただけません。',
    incomplete_expiry: '有効期限を入力してください。',
    invalid_expiry: '有効期限をご確認ください。',
    expired_card: 'このカードは有効期限が切れています。',
    incomplete_cvc: 'セキュリティコードを入力してください。',
    invalid_cvc: 'セキュリティコードをご確認ください。',
    invalid_name: 'カード名義をご確認ください。',
    invalid_postal_code: '郵便番号をご確認ください。',
    invalid_iban: 'IBANをご確認ください。',
    required_field: 'この項目は必須です。',
  },
  failures: {
    network_error: '決済サービスに接続できませんでした。',
    timeout: '決済サービスから時間内に応答がありませんでした。',
    aborted: 'リクエストはキャンセルされました。',
    rate_limited: '試行回数が多すぎます。しばらくお待ちください。',
    focus_lost: 'ページの別の部分によって入力が中断されました。',
    policy_denied: 'このカードはここではご利用いただけません。',
    service_unavailable: '決済サービスは現在ご利用いただけません。',
  },
  locked: '入力が中断されました。ページを再読み込みしてください。',
};
