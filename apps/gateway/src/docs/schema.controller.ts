import { busServices, operations, Problem, type BusService } from '@courtside/contracts';
import { Bus } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { JSON_TYPE, type Answer } from '../http/answer.js';
import type { Exchange } from '../http/exchange.js';
import { LiveTable } from '../routes/live-table.js';
import { schemasOf, type JsonSchema } from '../routes/message-schemas.js';
import { Route } from '../routes/route.decorator.js';
import type { RoutingTable } from '../routes/routing-table.js';
import { openApi } from './openapi.js';
import { API_VERSION, platformApi } from './platform-api.js';

/** The documents for machines: OpenAPI 3.1 of the whole platform, and of each service. */
@Controller()
export class SchemaController {
  /** Made once for each table. */
  private readonly kept = new WeakMap<RoutingTable, string>();

  constructor(
    private readonly live: LiveTable,
    private readonly bus: Bus,
  ) {}

  @Route({
    method: 'GET',
    path: '/schema',
    auth: 'none',
    summary: 'Every operation as OpenAPI 3.1',
  })
  schema(): Answer {
    const { table } = this.live;
    let text = this.kept.get(table);
    if (text === undefined) {
      text = JSON.stringify(platformApi(routesOf(table)));
      this.kept.set(table, text);
    }
    return documentAnswer(text);
  }

  @Route({
    method: 'GET',
    path: '/schema/{service}',
    auth: 'none',
    summary: 'The operations of one service as OpenAPI 3.1, by its own word',
  })
  async schemaOf(exchange: Exchange): Promise<Answer> {
    const name = exchange.matched.params['service'];
    const service = busServices.find((known) => known === name);
    if (!service) throw new Problem('request.route-unknown', `there is no service ${name}`);
    return documentAnswer(JSON.stringify(await this.described(service)));
  }

  /** What the service says it handles, at the paths where it can be reached. */
  private async described(service: BusService): Promise<object> {
    const { messages } = await this.bus.request(operations[service].describe, {});
    const own = new Map(messages.map((message) => [message.name, message]));
    const routes = routesOf(this.live.table).filter(
      ({ target }) => target.kind === 'message' && own.has(target.message.name),
    );
    return openApi(
      routes,
      {
        title: `Courtside: ${service}`,
        description: `The operations that ${service} answers.`,
        version: API_VERSION,
        extensions: {
          'x-messages': messages.map(({ name: message, effect, summary }) => ({
            name: message,
            effect,
            summary,
          })),
        },
      },
      (message) => {
        const said = own.get(message.name);
        if (!said) return schemasOf(message);
        return { input: said.input as JsonSchema, output: said.output as JsonSchema };
      },
    );
  }
}

const routesOf = (table: RoutingTable) => table.served.map(({ route }) => route);

const documentAnswer = (body: string): Answer => ({
  status: 200,
  headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-cache' },
  body,
});
