import { readFileSync } from 'node:fs';
import pkcs11 from 'pkcs11js';
import type { Pkcs11Answer, Pkcs11Call, Pkcs11Place } from './pkcs11-calls.ts';

const PREFIX = 'hushfield-kek-';
const LABEL = /^hushfield-kek-(?<number>\d{4})$/;
const TAG_BYTES = 16;
/** CKS_RW_USER_FUNCTIONS. */
const LOGGED_IN = 3;
const MOST_OBJECTS = 1_000;
const PASSING: ReadonlySet<string> = new Set([
  'CKR_OBJECT_HANDLE_INVALID',
  'CKR_KEY_HANDLE_INVALID',
]);
const TRIES = 5;
const PAUSE_MS = 40;

/** The PIN was refused. Never tried twice by itself: devices lock after a few wrong ones. */
export class PinRefused extends Error {}

/**
 * A logged-in session with a PKCS#11 token (v2.40). Its KEKs are AES-256 keys that the token made and
 * does not give out; wrapping is AES-256-GCM with our context as AAD (CKM_AES_GCM), which CKM_AES_KEY_WRAP
 * has no place for. Every call blocks: this runs in a process of its own.
 */
export class Pkcs11Device {
  readonly #library = new pkcs11.PKCS11();
  readonly #session: pkcs11.Handle;

  constructor({ module, token, pinFile }: Pkcs11Place) {
    this.#library.load(module);
    // Some libraries have threads of their own, and refuse without leave to lock.
    this.#library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
    const flags = pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION;
    this.#session = this.#library.C_OpenSession(this.#slotOf(token), flags);
    this.#login(readFileSync(pinFile, 'utf8').trim());
  }

  /** Whether the token still answers, after it has said no to something. */
  works(): boolean {
    try {
      return this.#library.C_GetSessionInfo(this.#session).state === LOGGED_IN;
    } catch {
      return false;
    }
  }

  /** Again when another process is just making or destroying a key: what was listed is not whole, or gone. */
  answer(call: Pkcs11Call): Pkcs11Answer {
    for (let left = TRIES; ; left--) {
      try {
        return this.#answer(call);
      } catch (error) {
        if (left === 1 || !PASSING.has(detailOf(error))) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
      }
    }
  }

  #answer(call: Pkcs11Call): Pkcs11Answer {
    switch (call.name) {
      case 'wrap':
        return this.#wrap(call);
      case 'unwrap':
        return { number: call.number, bytes: this.#unwrap(call) };
      case 'create':
        if (this.#find(labelOf(call.number)).length === 0) this.#create(labelOf(call.number));
        return { numbers: this.#numbers() };
      case 'destroy':
        for (const key of this.#find(labelOf(call.number)))
          this.#library.C_DestroyObject(this.#session, key);
        return { numbers: this.#numbers() };
      case 'numbers':
        return { numbers: this.#numbers() };
    }
  }

  #slotOf(token: string): pkcs11.Handle {
    const slot = this.#library
      .C_GetSlotList(true)
      .find((each) => this.#library.C_GetTokenInfo(each).label.trim() === token);
    if (slot === undefined) throw new Error('CKR_TOKEN_NOT_PRESENT');
    return slot;
  }

  #login(pin: string): void {
    try {
      this.#library.C_Login(this.#session, pkcs11.CKU_USER, pin);
    } catch (error) {
      const detail = detailOf(error);
      if (detail.startsWith('CKR_PIN_')) throw new PinRefused(detail);
      if (detail !== 'CKR_USER_ALREADY_LOGGED_IN') throw error;
    }
  }

  #wrap({ context, nonce, key }: Extract<Pkcs11Call, { name: 'wrap' }>): Pkcs11Answer {
    const number = this.#numbers().at(-1) ?? 0;
    const [kek] = this.#find(labelOf(number));
    if (kek === undefined) throw new Error('CKR_KEY_HANDLE_INVALID');
    this.#library.C_EncryptInit(this.#session, gcm(nonce, context), kek);
    const room = Buffer.alloc(key.length + TAG_BYTES);
    return { number, bytes: this.#library.C_Encrypt(this.#session, Buffer.from(key), room) };
  }

  /** Two nodes that made the first KEK at once may have made two of one name; either may be the one. */
  #unwrap(call: Extract<Pkcs11Call, { name: 'unwrap' }>): Uint8Array {
    let failure: unknown = new Error('CKR_KEY_HANDLE_INVALID');
    for (const kek of this.#find(labelOf(call.number))) {
      try {
        this.#library.C_DecryptInit(this.#session, gcm(call.nonce, call.context), kek);
        const room = Buffer.alloc(call.ciphertext.length);
        return this.#library.C_Decrypt(this.#session, Buffer.from(call.ciphertext), room);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #create(label: string): void {
    this.#library.C_GenerateKey(this.#session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
      { type: pkcs11.CKA_KEY_TYPE, value: pkcs11.CKK_AES },
      { type: pkcs11.CKA_VALUE_LEN, value: 32 },
      { type: pkcs11.CKA_LABEL, value: label },
      { type: pkcs11.CKA_TOKEN, value: true },
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: true },
      { type: pkcs11.CKA_EXTRACTABLE, value: false },
      { type: pkcs11.CKA_ENCRYPT, value: true },
      { type: pkcs11.CKA_DECRYPT, value: true },
    ]);
  }

  #numbers(): number[] {
    const labels = this.#find().map((key) => this.#labelOf(key));
    const numbers = labels.flatMap((label) => {
      const number = LABEL.exec(label)?.groups?.number;
      return number === undefined ? [] : [Number(number)];
    });
    return [...new Set(numbers)].toSorted((a, b) => a - b);
  }

  #labelOf(key: pkcs11.Handle): string {
    const [found] = this.#library.C_GetAttributeValue(this.#session, key, [
      { type: pkcs11.CKA_LABEL },
    ]);
    return String(found?.value ?? '');
  }

  #find(label?: string): pkcs11.Handle[] {
    this.#library.C_FindObjectsInit(this.#session, [
      { type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY },
      ...(label === undefined ? [] : [{ type: pkcs11.CKA_LABEL, value: label }]),
    ]);
    try {
      return this.#library.C_FindObjects(this.#session, MOST_OBJECTS);
    } finally {
      this.#library.C_FindObjectsFinal(this.#session);
    }
  }
}

function labelOf(number: number): string {
  return `${PREFIX}${String(number).padStart(4, '0')}`;
}

function gcm(nonce: Uint8Array, context: Uint8Array) {
  const type = pkcs11.CK_PARAMS_AES_GCM;
  const parameter = { type, iv: Buffer.from(nonce), aad: Buffer.from(context), tagBits: 128 };
  return { mechanism: pkcs11.CKM_AES_GCM, parameter };
}

/** The device's return value, such as CKR_DEVICE_REMOVED: what else an error says could be a secret. */
export function detailOf(error: unknown): string {
  const [name = 'unknown'] = /CKR_[A-Z0-9_]+/.exec(String(error)) ?? [];
  return name;
}
