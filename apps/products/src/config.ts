import { databaseConfig, withoutDemoInProduction } from '@courtside/database';
import { serviceConfig } from '@courtside/service';
import { z } from 'zod';

/** The settings of products. */
export const productsConfig = withoutDemoInProduction(
  z.object({ ...serviceConfig.shape, ...databaseConfig }),
);
