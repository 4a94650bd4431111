import { VaultError } from '../app/vault-error.ts';
import type { Position } from '../tokens/list-tokens.ts';

const FORM = /^(\d{12,14})\.(tok_(?:test|live)_[0-9A-Za-z]{28})$/;

/** A position as callers carry it. Not signed: it only says where in their own list to go on. */
export function cursorOf({ createdAt, tokenId }: Position): string {
  return Buffer.from(`${createdAt.getTime()}.${tokenId}`).toString('base64url');
}

/** @throws VaultError `invalid_request` for a text that is no cursor. */
export function positionOf(cursor: string): Position {
  const [, time, tokenId] = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (time === undefined || tokenId === undefined)
    throw VaultError.because('invalid_request', 'query_form');
  return { createdAt: new Date(Number(time)), tokenId };
}
