import { databaseConfig, withoutDemoInProduction } from '@courtside/database';
import { serviceConfig } from '@courtside/service';
import { z } from 'zod';

/** The settings of orders. */
export const ordersConfig = withoutDemoInProduction(
  z.object({ ...serviceConfig.shape, ...databaseConfig }),
);
