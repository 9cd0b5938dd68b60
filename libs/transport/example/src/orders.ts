/** A service that answers requests and tells events. */
import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { ClientsModule, Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { MessageContext, TransportClient, type BrokerPort } from '@courtside/transport';

export interface Order {
  readonly number: number;
  readonly mail: string;
}

@Controller()
class OrdersController {
  #count = 0;

  constructor(@Inject('BUS') private readonly bus: TransportClient) {}

  @MessagePattern('orders.place')
  async place(@Payload() { mail }: { mail: string }): Promise<Order> {
    const order = { number: (this.#count += 1), mail };
    await this.bus.emitEvent('orders.placed', order);
    return order;
  }

  /** Takes longer than anybody waits: its signal says when nobody does any more. */
  @MessagePattern('orders.report')
  report(@Ctx() { signal }: MessageContext): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        console.log('report: its handler heard that nobody waits');
        resolve();
      });
    });
  }
}

@Module({ controllers: [OrdersController] })
export class OrdersModule {
  static with(broker: BrokerPort): DynamicModule {
    const options = { broker, service: 'orders' };
    const client = { name: 'BUS', customClass: TransportClient, options };
    return { module: OrdersModule, imports: [ClientsModule.register([client])] };
  }
}
