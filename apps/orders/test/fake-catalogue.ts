import { products, type Input } from '@courtside/contracts';
import { Handles, newId } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

type Reserve = Input<typeof products.reserve>;

export const ball = { id: newId(), name: 'Ball', price: { amount: 1_999, currency: 'EUR' } };
export const belt = { id: newId(), name: 'Belt', price: { amount: 500, currency: 'CHF' } };

/** How the stand-in answers who reserves: for specs to change. It has all there is unless they do. */
export const stock: { asked: string[]; answer: (orderId: string) => Promise<null> } = {
  asked: [],
  answer: async () => null,
};

/** Stands in for products: a catalogue of two and a stock that does as it is told. */
@Controller()
export class FakeProductsController {
  @Handles(products.quote)
  quote(@Payload({ schema: products.quote.input }) { ids }: { ids: string[] }) {
    return { products: [ball, belt].filter((product) => ids.includes(product.id)) };
  }

  @Handles(products.reserve)
  reserve(@Payload({ schema: products.reserve.input }) { orderId }: Reserve): Promise<null> {
    stock.asked.push(orderId);
    return stock.answer(orderId);
  }
}
