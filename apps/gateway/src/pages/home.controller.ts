import { DEMO_PASSWORD, demoUsers } from '@courtside/contracts';
import { Controller } from '@nestjs/common';
import { pageAnswer, type Answer } from '../http/answer.js';
import type { Exchange } from '../http/exchange.js';
import { HttpsOnly } from '../http/https-only.js';
import { Route } from '../routes/route.decorator.js';
import { escaped, page, pageStyle } from './html.js';

/** A host as a client writes it; anything else is not repeated on the page. */
const HOST = /^[A-Za-z0-9.-]{1,255}(:\d{1,5})?$/;

/** What this is, for whoever opens the address in a browser. */
@Controller()
export class HomeController {
  constructor(private readonly https: HttpsOnly) {}

  @Route({ method: 'GET', path: '/', auth: 'none', summary: 'What this is' })
  home(exchange: Exchange): Answer {
    return pageAnswer(200, page('Courtside', content(this.addressOf(exchange))));
  }

  @Route({ method: 'GET', path: '/page.css', auth: 'none', summary: 'The style of the pages' })
  style(): Answer {
    const headers = { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=3600' };
    return { status: 200, headers, body: pageStyle };
  }

  private addressOf(exchange: Exchange): string {
    const host = exchange.header('host') ?? '';
    const scheme = this.https.scheme(exchange.request) ?? 'http';
    return HOST.test(host) ? `${scheme}://${host}` : 'http://127.0.0.1:8001';
  }
}

function content(address: string): string {
  const signIn = JSON.stringify({ username: demoUsers[0].username, password: DEMO_PASSWORD });
  const curl = `curl -s ${address}/api/login -H 'content-type: application/json' -d '${signIn}'`;
  return `<h1>Courtside</h1>
<p>A sports platform: find events and sports complexes, join in, buy what you need. This is its
gateway, the only way in.</p>
<ul>
<li><a href="/docs">Documentation of every operation</a></li>
<li><a href="/schema">The same as OpenAPI 3.1</a></li>
<li><a href="/docs/events">Events that the services tell</a>, <a href="/docs/events.json">as AsyncAPI 3.0</a></li>
<li><a href="/smoke">Health of every service</a></li>
</ul>
<p>Sign in as the administrator of the demo profile:</p>
<pre><code>${escaped(curl)}</code></pre>`;
}
