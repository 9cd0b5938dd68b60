import { defineApp } from '@courtside/service';
import { AppModule } from './app.module.js';
import { config } from './config.js';
import { GatewayAdapter } from './http/gateway-adapter.js';

// With these a gateway of one's own has pages of its own, beside the routes of its tables.
export { jsonAnswer, type Answer } from './http/answer.js';
export type { Exchange } from './http/exchange.js';
export { Route, type RouteOptions } from './routes/route.decorator.js';

/** The HTTP edge: the only way in. */
export const app = defineApp({
  name: 'gateway',
  config,
  module: () => AppModule,
  http: ({ PORT, HOST, CLOSING_NOTICE_MS }) => ({
    adapter: new GatewayAdapter(),
    port: PORT,
    host: HOST,
    closingNoticeMs: CLOSING_NOTICE_MS,
  }),
});
