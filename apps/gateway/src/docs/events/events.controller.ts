import { Controller } from '@nestjs/common';
import { pageAnswer, type Answer } from '../../http/answer.js';
import { Route } from '../../routes/route.decorator.js';
import { asyncApi } from './async-api.js';
import { describedEvents } from './described-event.js';
import { eventsPage } from './events-page.js';

/** What AsyncAPI itself calls its documents in JSON. */
const ASYNC_API_TYPE = 'application/vnd.aai.asyncapi+json;version=3.0.0; charset=utf-8';

/** The documents of what passes on the bus: a page for people, AsyncAPI 3.0 for machines. */
@Controller()
export class EventsController {
  /** Contracts do not change while a process runs. */
  private page: string | undefined;
  private document: string | undefined;

  @Route({
    method: 'GET',
    path: '/docs/events',
    auth: 'none',
    summary: 'Every event: who tells it, who handles it, its fields and an example',
  })
  events(): Answer {
    this.page ??= eventsPage(describedEvents());
    return pageAnswer(200, this.page);
  }

  @Route({
    method: 'GET',
    path: '/docs/events.json',
    auth: 'none',
    summary: 'Events, requests and replies as AsyncAPI 3.0',
  })
  asyncApi(): Answer {
    this.document ??= JSON.stringify(asyncApi());
    const headers = { 'content-type': ASYNC_API_TYPE, 'cache-control': 'no-cache' };
    return { status: 200, headers, body: this.document };
  }
}
