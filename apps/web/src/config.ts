import { httpConfig, port, serviceConfig } from '@courtside/service';
import { z } from 'zod';

/** The settings of web: those of every app that need no bus, and its own. */
export const config = serviceConfig
  .pick({ NODE_ENV: true, LOG_LEVEL: true, LOG_FORMAT: true, ADMIN_HOST: true, ADMIN_PORT: true })
  .extend({
    ...httpConfig,
    PORT: port.default(8080).meta({ description: 'where the pages are reached; 0 takes any' }),
    HOST: z
      .string()
      .default('127.0.0.1')
      .meta({ description: 'address the pages are served at; a pod sets 0.0.0.0' }),
    PAGES_DIR: z
      .string()
      .default('apps/web/public')
      .meta({ description: 'folder of the pages, with an index.html and a 404.html' }),
  });
