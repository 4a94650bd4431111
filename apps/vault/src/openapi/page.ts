import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API, type Route } from '@hushfield/contract/api';
import { messageOf } from '@hushfield/contract/errors';
import { refusalsOf } from './refusals.ts';
import { type Json, jsonSchema } from './schemas.ts';

const CSS = readFileSync(join(import.meta.dirname, 'page.css'), 'utf8');

/** By which the page's policy knows its one style. */
export const STYLE_HASH = `sha256-${createHash('sha256').update(CSS).digest('base64')}`;

/** The reference for people: one page without a script, from the table that the routes come from. */
export function referencePage(): string {
  const routes = Object.values<Route>(API);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hushfield API</title>
<style>${CSS}</style>
</head>
<body>
<header>
<h1>Hushfield API</h1>
<p>What a merchant’s backend does with tokens. Send a secret or restricted key as <code>Authorization: Bearer …</code>, from a server. Errors are <code>problem+json</code> with a stable <code>code</code>. The same as data: <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>
</header>
<nav aria-label="Routes"><ul>${routes.map(({ id, summary }) => `<li><a href="#${id}">${text(summary)}</a></li>`).join('')}</ul></nav>
<main>${routes.map(article).join('')}</main>
</body>
</html>`;
}

function article(route: Route): string {
  const { id, summary, about, method, path, scope, idempotent, keepsName } = route;
  const refusals = refusalsOf(route).toSorted((one, other) => one.status - other.status);
  return `<article id="${id}">
<h2>${text(summary)}</h2>
<code class="route"><span class="method">${method}</span> ${text(path)}</code>
<p>${text(about)}</p>
<p>Scope <code>${scope}</code>.${idempotent ? ` ${keepsName ? 'Needs' : 'Takes'} an <code>Idempotency-Key</code>.` : ''}</p>
${section('In the path', route.params, 'input')}${section('In the query', route.query, 'input')}${section('Body', route.body, 'input')}${section(`Answer ${route.status}`, route.answer, 'output')}
<h3>Errors</h3>
<dl>${refusals.map(({ status, code }) => `<dt>${status} <code>${code}</code></dt><dd>${text(messageOf(code))}</dd>`).join('')}</dl>
</article>`;
}

function section(title: string, schema: Route['body'], io: 'input' | 'output'): string {
  if (schema === undefined) return '';
  return `<h3>${text(title)}</h3><dl>${fields(jsonSchema(schema, io))}</dl>`;
}

type Shape = {
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
};

function fields(schema: Json): string {
  const { properties = {}, required = [], anyOf, oneOf = anyOf } = schema as Shape;
  if (oneOf) return oneOf.map(fields).join('<dt>or</dt>');
  if (typeof schema.$ref === 'string') return `<dt>${kindOf(schema)}</dt>`;
  return Object.entries(properties)
    .map(([name, own]) => {
      const optional = required.includes(name) ? '' : ', optional';
      return `<dt><code>${text(name)}</code></dt><dd>${kindOf(own)}${optional}</dd>`;
    })
    .join('');
}

/** What a value is, in a few words. */
function kindOf(schema: Json): string {
  const { $ref, anyOf, enum: values, const: value, type, format, pattern, items } = schema;
  if (typeof $ref === 'string')
    return `<a href="#getToken">${text($ref.split('/').at(-1) ?? '')}</a>`;
  if (Array.isArray(anyOf)) return anyOf.map((one: Json) => kindOf(one)).join(' or ');
  if (value !== undefined) return `<code>${text(JSON.stringify(value))}</code>`;
  if (Array.isArray(values))
    return values.map((one) => `<code>${text(String(one))}</code>`).join(', ');
  if (type === 'array') return `list of ${kindOf(items as Json)}`;
  if (typeof format === 'string') return text(format);
  return `${text(String(type))}${typeof pattern === 'string' ? ` <code>${text(pattern)}</code>` : ''}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function text(plain: string): string {
  return plain.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign] ?? '');
}
