import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@courtside/contracts';
import { Controller } from '@nestjs/common';
import absolutePath from 'swagger-ui-dist/absolute-path.js';
import { pageAnswer, type Answer } from '../http/answer.js';
import type { Exchange } from '../http/exchange.js';
import { Route } from '../routes/route.decorator.js';

/** The files that the page loads; all of them stand on this machine. */
const files: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};
const CACHE = 'public, max-age=86400';

const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Courtside: operations</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<p><a href="/">Start page</a> · <a href="/docs/events">Events that the services tell</a></p>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const startScript = `SwaggerUIBundle({
  url: '/schema',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

/** The documents for people: Swagger UI, without anything from elsewhere. */
@Controller()
export class DocsController {
  @Route({ method: 'GET', path: '/docs', auth: 'none', summary: 'Every operation, to try out' })
  docs(): Answer {
    return pageAnswer(200, docsPage);
  }

  @Route({
    method: 'GET',
    path: '/docs/start.js',
    auth: 'none',
    summary: 'What starts the documentation page',
  })
  start(): Answer {
    const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': CACHE };
    return { status: 200, headers, body: startScript };
  }

  @Route({
    method: 'GET',
    path: '/docs/{file}',
    auth: 'none',
    summary: 'A file of the documentation page',
  })
  async file(exchange: Exchange): Promise<Answer> {
    const name = exchange.matched.params['file'] ?? '';
    const type = Object.hasOwn(files, name) ? files[name] : undefined;
    if (type === undefined) throw new Problem('request.route-unknown');
    const body = await readFile(join(absolutePath(), name));
    return { status: 200, headers: { 'content-type': type, 'cache-control': CACHE }, body };
  }
}
