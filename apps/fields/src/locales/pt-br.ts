import type { Texts } from './texts.ts';

export const ptBR: Texts = {
  wholeTitle: 'Campos seguros do cartão',
  partTitle: 'Campo seguro',
  labels: {
    number: 'Número do cartão',
    expiry: 'Data de validade',
    cvc: 'Código de segurança',
    name: 'Nome no cartão',
    postalCode: 'CEP',
  },
  expiryHint: 'MM / AA',
  messages: {
    incomplete_number: 'Digite o número completo do cartão.',
    invalid_number: 'Confira o número do cartão.',
    brand_not_supported: 'Esta bandeira não é aceita aqui.',
    incomplete_expiry: 'Digite a data de validade.',
    invalid_expiry: 'Confira a data de validade.',
    expired_card: 'Este cartão está vencido.',
    incomplete_cvc: 'Digite o código de segurança.',
    invalid_cvc: 'Confira o código de segurança.',
    invalid_name: 'Confira o nome no cartão.',
    invalid_postal_code: 'Confira o CEP.',
    invalid_iban: 'Confira o IBAN.',
    required_field: 'Este campo é obrigatório.',
  },
  failures: {
    network_error: 'Não foi possível conectar ao serviço de pagamento.',
    timeout: 'O serviço de pagamento não respondeu a tempo.',
    aborted: 'A solicitação foi cancelada.',
    rate_limited: 'Muitas tentativas. Aguarde um momento.',
    focus_lost: 'A digitação foi interrompida por outra parte da página.',
    policy_denied: 'Este cartão não pode ser usado aqui.',
    service_unavailable: 'O serviço de pagamento não está disponível no momento.',
  },
  locked: 'A digitação foi interrompida. Recarregue a página.',
};
