import { type Html, html } from './html.ts';

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%232f6b4f'/%3E%3Cpath d='M10 22c0-8 5-12 12-12 0 7-4 12-12 12z' fill='%23fff'/%3E%3C/svg%3E";

/** What stands around every page of the shop. */
export function page(options: {
  title: string;
  theme: 'light' | 'dark' | 'auto';
  head?: Html;
  body: Html;
}): string {
  const { title, theme, body } = options;
  return html`<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Alder &amp; Finch</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/shop.css">
${options.head ?? ''}
</head>
<body>
<header class="bar">
<a class="brand" href="/"><svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="8"/><path d="M10 22c0-8 5-12 12-12 0 7-4 12-12 12z"/></svg>Alder &amp; Finch</a>
</header>
${body}
</body>
</html>
`.toString();
}
