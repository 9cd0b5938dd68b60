import { migration } from '@courtside/database';
import { defineApp } from '@courtside/service';
import { AppModule } from './app.module.js';
import { productsConfig } from './config.js';
import { database } from './database.js';

/** The catalogue: what can be bought, and for how much. */
export const app = defineApp({
  name: 'products',
  config: productsConfig,
  module: () => AppModule,
  migrate: migration(database),
});
