import { migration } from '@courtside/database';
import { defineApp } from '@courtside/service';
import { AppModule } from './app.module.js';
import { authConfig } from './config.js';
import { database } from './database.js';

/** Credentials, sessions and the tokens that prove them. */
export const app = defineApp({
  name: 'auth',
  config: authConfig,
  module: () => AppModule,
  migrate: migration(database),
});
