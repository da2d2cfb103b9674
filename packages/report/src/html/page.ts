import { html, Markup } from './markup.ts';
import { STYLESHEET } from './stylesheet.ts';

/** A page that stands alone. Its policy forbids scripts and every request, whatever should ever slip into it. */
export function page(title: string, body: readonly Markup[]): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Ballast">
<title>${title}</title>
<style>${new Markup(STYLESHEET)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text;
}
