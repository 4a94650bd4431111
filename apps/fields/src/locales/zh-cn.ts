import type { Texts } from './texts.ts';

export const zhCN: Texts = {
  wholeTitle: '安全银行卡输入框',
  partTitle: '安全输入框',
  labels: {
    number: '卡号',
    expiry: '有效期',
    cvc: '安全码',
    name: '持卡人姓名',
    postalCode: '邮政编码',
  },
  expiryHint: 'MM / YY',
  messages: {
    incomplete_number: '请输入完整的卡号。',
    invalid_number: '请检查卡号。',
    brand_not_supported: '此处不接受该卡种。',
    incomplete_expiry: '请输入有效期。',
    invalid_expiry: '请检查有效期。',
    expired_card: '此卡已过期。',
    incomplete_cvc: '请输入安全码。',
    invalid_cvc: '请检查安全码。',
    invalid_name: '请检查持卡人姓名。',
    invalid_postal_code: '请检查邮政编码。',
    invalid_iban: '请检查 IBAN。',
    required_field: '此项为必填项。',
  },
  failures: {
    network_error: '无法连接支付服务。',
    timeout: '支付服务未及时响应。',
    aborted: '请求已取消。',
    rate_limited: '尝试次数过多，请稍候。',
    focus_lost: '输入被页面的其他部分中断。',
    policy_denied: '此处无法使用该卡。',
    service_unavailable: '支付服务暂时不可用。',
  },
  locked: '输入已中断，请重新加载页面。',
};
