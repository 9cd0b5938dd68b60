import { migration } from '@courtside/database';
import { defineApp } from '@courtside/service';
import { AppModule } from './app.module.js';
import { usersConfig } from './config.js';
import { database } from './database.js';

/** Accounts: who there is and what each may do. */
export const app = defineApp({
  name: 'users',
  config: usersConfig,
  module: () => AppModule,
  migrate: migration(database),
});
