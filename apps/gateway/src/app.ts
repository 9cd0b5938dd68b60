import { defineApp } from '@courtside/service';
import { AppModule } from './app.module.js';
import { config } from './config.js';
import { GatewayAdapter } from './http/gateway-adapter.js';

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
