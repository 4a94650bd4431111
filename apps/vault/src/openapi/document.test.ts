import { API } from '@hushfield/contract/api';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openApiDocument } from './document.ts';
import { referencePage } from './page.ts';

const inOrder = (a = '', b = '') => a.localeCompare(b);
const document = openApiDocument('https://api.example');

test('is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect({ valid, errors }).toStrictEqual({ valid: true, errors: undefined });
});

test('is read by a validator that can say no', async () => {
  const broken = { ...structuredClone(document), paths: { '/x': { get: { responses: 'none' } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('points at nothing that is not there', () => {
  const text = JSON.stringify(document);
  const refs = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref));
  expect([...refs].toSorted(inOrder)).toStrictEqual(
    ['ApiKey', 'Problem', 'Session', 'Token'].map((name) => `#/components/schemas/${name}`),
  );
  expect(text).not.toContain('$defs');
});

test('tells of every route, each once', () => {
  const { paths } = document as { paths: Record<string, Record<string, { operationId: string }>> };
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(operations.map(({ operationId }) => operationId).toSorted(inOrder)).toStrictEqual(
    Object.keys(API).toSorted(inOrder),
  );
});

test('is shown to people on a page without a script, with every route', () => {
  const page = referencePage();
  expect(page).not.toMatch(/<script|onload|javascript:|https?:\/\//);
  for (const { id } of Object.values(API)) expect(page).toContain(`<article id="${id}">`);
});
