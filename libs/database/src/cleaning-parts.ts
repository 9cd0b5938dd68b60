import { LOGGER, type Logger } from '@courtside/service';
import type { Provider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cleaning } from './cleaning.js';
import type { DatabaseDefinition } from './data-source.js';
import { ownRetentions } from './own-retentions.js';
import type { Needs } from './required-tables.js';

/** Deletes what has had its time: of what this library keeps for a service, and of the service's own. */
export const cleaningProvider = (
  needs: Needs,
  { retentions = [] }: DatabaseDefinition,
): Provider => ({
  provide: Cleaning,
  useFactory: (source: DataSource, logger: Logger) =>
    new Cleaning(source, [...ownRetentions(needs), ...retentions], logger),
  inject: [DataSource, LOGGER],
});
