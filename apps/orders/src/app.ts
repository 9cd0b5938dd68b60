import { defineApp } from '@courtside/service';
import { AppModule } from './app.module.js';
import { ordersConfig } from './config.js';

/** Orders: who bought what, at which price. */
export const app = defineApp({ name: 'orders', config: ordersConfig, module: () => AppModule });
