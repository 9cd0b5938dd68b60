/** Text that is safe inside an element or a quoted attribute. */
export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** A page of the gateway itself; its one style sheet is served beside it. */
export const page = (title: string, content: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;

export const pageStyle = `:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
main { max-width: 44rem; margin: 3rem auto; padding: 0 1rem; line-height: 1.5; }
pre { padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid; border-radius: 0.4rem; }
section { margin-top: 3rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 1rem 0.2rem 0; text-align: left; vertical-align: top; }
`;
