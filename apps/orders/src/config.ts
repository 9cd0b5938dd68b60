import { databaseConfig, withoutDemoInProduction } from '@courtside/database';
import { serviceConfig } from '@courtside/service';
import { z } from 'zod';

/** The settings of orders. */
export const ordersConfig = withoutDemoInProduction(
  z.object({
    ...serviceConfig.shape,
    ...databaseConfig,
    ORDER_PENDING_TTL_MS: z.coerce
      .number()
      .int()
      .min(100)
      .max(3_600_000)
      .default(30_000)
      .meta({
        description:
          'an order not confirmed by then expires and its stock is free again, milliseconds; ' +
          'longer than a request may take',
      }),
  }),
);

export type OrdersConfig = z.output<typeof ordersConfig>;
