import { migration } from '@courtside/database';
import { defineApp } from '@courtside/service';
import { AppModule } from './app.module.js';
import { ordersConfig } from './config.js';
import { database } from './database.js';

/** Orders: who bought what, at which price. */
export const app = defineApp({
  name: 'orders',
  config: ordersConfig,
  module: () => AppModule,
  migrate: migration(database),
});
